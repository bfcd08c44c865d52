"""Sign-ins of WebSockets: finding them, checking them again, closing them.

A socket outlives sign-out by itself. So every socket joins `user.<uuid hex>` and
`signin.<uuid hex>`, closes on "signin.ended", and asks `still_open` every 30 s.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.http import parse_cookie
from django.utils import timezone

from accounts import queries
from accounts.models import SignIn, User
from accounts.models.sign_ins import SESSION_SIGN_IN


def user_group(user: User) -> str:
    return f"user.{user.pk.hex}"


def sign_in_group(sign_in: SignIn) -> str:
    return f"signin.{sign_in.pk.hex}"


def sign_in_for_scope(scope: Mapping[str, Any]) -> SignIn | None:
    """The open sign-in behind a handshake's cookies; None for all that HTTP would not let in."""
    cookies = parse_cookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    sign_in = queries.live_sign_in(session.get(SESSION_SIGN_IN, ""), key)
    return sign_in if sign_in is not None and _is_good(sign_in) else None


def still_open(sign_in: SignIn) -> bool:
    """Reads it anew, and keeps presence alive: who is in a room is not idle."""
    fresh = SignIn.objects.select_related("user").get(pk=sign_in.pk)
    if not _is_good(fresh):
        return False
    SignIn.objects.filter(pk=fresh.pk).update(last_seen_at=timezone.now())
    return True


def close_for(*, user: User | None = None, sign_in: SignIn | None = None) -> None:
    """Once the change is committed. A lost message is survived by the check every 30 s."""
    groups = [user_group(user)] if user else []
    if sign_in:
        groups.append(sign_in_group(sign_in))
    transaction.on_commit(lambda: _send(groups), robust=True)


def _send(groups: list[str]) -> None:
    layer = get_channel_layer()
    assert layer is not None, "settings name a channel layer"
    for group in groups:
        async_to_sync(layer.group_send)(group, {"type": "signin.ended"})


def _is_good(sign_in: SignIn) -> bool:
    now = timezone.now()
    in_time = not sign_in.has_expired(now) and not sign_in.is_idle(now)
    return sign_in.is_open and sign_in.user.is_active and in_time
