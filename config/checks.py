"""Django system checks: `manage.py check` says everything that a start would refuse."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from config.refusals import refusals


@register(Tags.security)
def production_is_ready(app_configs: Any, **options: Any) -> list[CheckMessage]:
    return [
        Error(reason, id=f"quietroom.E{number:03}")
        for number, reason in enumerate(refusals(settings), start=1)
    ]
