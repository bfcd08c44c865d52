"""Tells the open sockets of a session, once a change is committed, to read the database again.

The message says nothing but who goes first: state lives in the database, and a lost message is
survived, because every socket reads again every 20 seconds. Nothing clinical may ever travel here.
"""

from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

CHANGED = {"type": "session.changed"}
KEYS_CHANGED = {"type": "keys.changed"}


def session_channel(session_id: UUID) -> str:
    return f"session.{session_id.hex}"


def session_changed(session_id: UUID, *, first: UUID | None = None) -> None:
    """`first`: the connection that gains by it, which the others let go before them."""
    message = CHANGED | ({"first": first.hex} if first else {})
    channel = session_channel(session_id)
    transaction.on_commit(lambda: _send(channel, message), robust=True)


def keys_changed(session_id: UUID) -> None:
    """Apart from the rest: a change of keys needs no fresh snapshot, and must be quick."""
    channel = session_channel(session_id)
    transaction.on_commit(lambda: _send(channel, KEYS_CHANGED), robust=True)


def _send(channel: str, message: dict[str, str]) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async_to_sync(layer.group_send)(channel, message)
