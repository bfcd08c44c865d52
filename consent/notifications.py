"""Tells open pages that somebody's papers changed, once the change is committed.

The message carries nothing: whoever gets it looks at the database again.
"""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from groups.models import Group


def tell_group(group: Group) -> None:
    transaction.on_commit(lambda: _send(f"group.{group.pk.hex}"))


def _send(channel_group: str) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async_to_sync(layer.group_send)(channel_group, {"type": "papers.changed"})
