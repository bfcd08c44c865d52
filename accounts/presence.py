"""The sign-in behind a request's session, with its idle and absolute limits applied.

| limit | staff | member |
|---|---|---|
| idle: the sign-in is locked, one factor returns | 15 min | 60 min |
| absolute: the sign-in ends | 24 h | 24 h |
| second factor after the password | 10 min | 10 min |
"""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts import queries
from accounts.models import SignIn
from accounts.models.sign_ins import SESSION_SIGN_IN
from accounts.services.sign_ins import end_sign_in, lock_sign_in
from audit.context import acting_as_system

# Not every request writes.
SEEN_EVERY = timedelta(seconds=30)


def present_sign_in(session: SessionBase) -> SignIn | None:
    if SESSION_SIGN_IN not in session:
        return None
    sign_in = queries.live_sign_in(session[SESSION_SIGN_IN], session.session_key or "")
    return None if sign_in is None else _within_limits(sign_in, timezone.now())


def _within_limits(sign_in: SignIn, now: datetime) -> SignIn | None:
    if sign_in.has_expired(now) or not sign_in.user.is_active:
        with acting_as_system("sign-in-limits"):
            end_sign_in(sign_in=sign_in, reason="expired")
        return None
    if sign_in.is_open and sign_in.is_idle(now):
        with acting_as_system("sign-in-limits"):
            lock_sign_in(sign_in=sign_in, reason="idle")
    elif not sign_in.is_locked and now - sign_in.last_seen_at >= SEEN_EVERY:
        SignIn.objects.filter(pk=sign_in.pk).update(last_seen_at=now)
    return sign_in
