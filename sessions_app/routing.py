"""The addresses of WebSockets: one, and the same refusal for everything else."""

from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from sessions_app.consumers import NowhereConsumer, SessionConsumer

# Django's stubs know HTTP views only; channels routes ASGI applications by the same patterns.
session: Any = SessionConsumer.as_asgi()
nowhere: Any = NowhereConsumer.as_asgi()
routes: list[Any] = [path("ws/session/<uuid:pk>/", session), re_path("", nowhere)]

websocket = URLRouter(routes)
