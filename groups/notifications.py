"""Tells the open pages of a group that something of it changed.

What goes out carries nothing: no name, no group, no text. Whoever gets it looks again, signed in.
"""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from groups.models import Group


def tell_group(group: Group) -> None:
    """Pages of those who wait or sit in a session, once the change is committed."""
    transaction.on_commit(lambda: _send(f"group.{group.pk.hex}"), robust=True)


def _send(channel_group: str) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async_to_sync(layer.group_send)(channel_group, {"type": "group.changed"})
