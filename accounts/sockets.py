"""Closing the WebSockets of a person or of one sign-in, once the change is committed.

Every socket joins `user.<uuid hex>` and `signin.<uuid hex>` and closes on "signin.ended".
"""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from accounts.models import SignIn, User


def user_group(user: User) -> str:
    return f"user.{user.pk.hex}"


def sign_in_group(sign_in: SignIn) -> str:
    return f"signin.{sign_in.pk.hex}"


def close_for(*, user: User | None = None, sign_in: SignIn | None = None) -> None:
    """A lost message is survived: sockets check their sign-in again every 30 s."""
    groups = [user_group(user)] if user else []
    if sign_in:
        groups.append(sign_in_group(sign_in))
    transaction.on_commit(lambda: _send(groups))


def _send(groups: list[str]) -> None:
    layer = get_channel_layer()
    for group in groups:
        async_to_sync(layer.group_send)(group, {"type": "signin.ended"})
