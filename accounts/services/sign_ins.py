"""Sign-ins: begun by a password, opened by a second factor, locked, touched and ended.

The session key changes at every step. A sign-in row and its audit entry are one transaction.
"""

from datetime import timedelta
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from accounts.events import SignInsRevoked
from accounts.models import SignIn, User
from accounts.sockets import close_for
from audit.services import act, record

SESSION_SIGN_IN = "sign_in"
# A sign-in is marked as seen at most this often: not every request writes.
SEEN_EVERY = timedelta(seconds=30)


def present_sign_in(session: SessionBase) -> SignIn | None:
    """The live sign-in of this session; past its idle limit it is locked, past the end it ends."""
    sign_in = live_sign_in(session.get(SESSION_SIGN_IN, ""), session.session_key or "")
    if sign_in is None:
        return None
    now = timezone.now()
    if sign_in.has_expired(now) or not sign_in.user.is_active:
        close_sign_ins(SignIn.objects.filter(pk=sign_in.pk))
        return None
    if sign_in.is_idle(now) and not sign_in.is_locked and not sign_in.is_pending:
        sign_in.locked_at = now
        sign_in.save(update_fields=["locked_at"])
        close_for(sign_in=sign_in)
    elif not sign_in.is_locked:
        touch(sign_in)
    return sign_in


def live_sign_in(sign_in_id: str, session_key: str) -> SignIn | None:
    try:
        key = UUID(sign_in_id)
    except ValueError:
        return None
    rows = SignIn.objects.select_related("user")
    return rows.filter(pk=key, session_key=session_key, ended_at__isnull=True).first()


def touch(sign_in: SignIn) -> None:
    """Presence: a page was opened, or a room's socket is alive."""
    now = timezone.now()
    if now - sign_in.last_seen_at >= SEEN_EVERY:
        SignIn.objects.filter(pk=sign_in.pk).update(last_seen_at=now)
        sign_in.last_seen_at = now


def close_sign_ins(sign_ins: QuerySet[SignIn]) -> int:
    """Ends them, forgets their browser sessions and closes their sockets; not an event itself."""
    rows = list(sign_ins.filter(ended_at__isnull=True).select_for_update())
    for sign_in in rows:
        close_for(sign_in=sign_in)
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    SignIn.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=timezone.now())
    return len(rows)


@act(SignInsRevoked)
def end_sign_ins(user: User, *, keep: SignIn | None = None, reason: str = "all") -> int:
    """Ends all sign-ins of a person but `keep`; says how many. `reason` is a code."""
    others = user.sign_ins.exclude(pk=keep.pk) if keep else user.sign_ins.all()
    ended = close_sign_ins(others)
    record(SignInsRevoked(object=user.ref, subject=user.ref, reason=reason))
    return ended
