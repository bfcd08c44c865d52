"""Tells the open sockets of a session, once a change is committed, to read the database again.

The message says nothing: state lives in the database, and a lost message is survived, because
every socket reads again every 30 seconds. Nothing clinical may ever travel here.
"""

from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

CHANGED = {"type": "session.changed"}


def session_channel(session_id: UUID) -> str:
    return f"session.{session_id.hex}"


def session_changed(session_id: UUID) -> None:
    transaction.on_commit(lambda: _send(session_channel(session_id)))


def _send(channel: str) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async_to_sync(layer.group_send)(channel, CHANGED)
