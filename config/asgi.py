"""The ASGI application: pages over HTTP, one WebSocket per open session page."""

import os
import sys

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402  (Django must be set up first)

from sessions_app.routing import websocket  # noqa: E402

# A worker thread that comes back from the database waits this long for one that computes: an
# admission comes back some forty times, and the default of 5 ms would be most of its time.
sys.setswitchinterval(0.0005)

application = ProtocolTypeRouter({"http": http, "websocket": websocket})
