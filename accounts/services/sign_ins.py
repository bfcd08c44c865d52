"""Sign-ins: begun by a password, opened by a second factor, locked, and ended.

The session key changes at every step up. A row and its audit entry are one transaction.
"""

from contextlib import AbstractContextManager
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from accounts import proofs, queries
from accounts.browsers import Browser
from accounts.errors import FactorRefused, SignInRefused
from accounts.events import (
    PasswordAccepted,
    SignedIn,
    SignedOut,
    SignInLocked,
    SignInsRevoked,
    SignInUnlocked,
)
from accounts.models import Factor, SignIn, User
from accounts.models.sign_ins import SESSION_SIGN_IN
from accounts.passwords import password_fits
from accounts.sockets import close_for
from audit.context import Origin, acting_as
from audit.services import act, record


@act(PasswordAccepted)
def begin_sign_in(*, user: User, browser: Browser) -> SignIn:
    """The password was right. MUST open nothing: `factor_at` stays empty."""
    sign_in = _new_sign_in(user, browser)
    sign_in.save(force_insert=True)
    with as_owner(sign_in):
        record(PasswordAccepted(object=sign_in.ref, subject=user.ref))
    return sign_in


@act(SignedIn)
def open_with_code(*, sign_in: SignIn, code: str, browser: Browser) -> SignIn:
    """The second factor of a pending sign-in. Raises FactorRefused."""
    _open(sign_in, proofs.use_code(sign_in.user, code), browser.session)
    return sign_in


@act(SignedIn)
def open_with_passkey(
    *, sign_in: SignIn, challenge: bytes, credential: dict[str, Any], browser: Browser
) -> SignIn:
    proofs.use_passkey(challenge, credential, owner=sign_in.user)
    _open(sign_in, Factor.PASSKEY, browser.session)
    return sign_in


@act(SignedIn)
def open_by_enrolment(*, sign_in: SignIn, factor: Factor, browser: Browser) -> SignIn:
    """The first factor was just enrolled and shown; only a pending sign-in opens this way."""
    _open(sign_in, factor, browser.session)
    return sign_in


@act(SignedIn)
def sign_in_by_passkey(*, challenge: bytes, credential: dict[str, Any], browser: Browser) -> SignIn:
    """A passkey with user verification is both factors. Raises FactorRefused, SignInRefused."""
    user = proofs.use_passkey(challenge, credential, owner=None).user
    if not user.is_active:
        raise SignInRefused("suspended", subject=user.ref)
    sign_in = _new_sign_in(user, browser)
    sign_in.factor, sign_in.factor_at = Factor.PASSKEY, timezone.now()
    sign_in.save(force_insert=True)
    _record_opened(sign_in)
    return sign_in


@act(SignInLocked)
def lock_sign_in(*, sign_in: SignIn, reason: str = "person") -> None:
    """Pages close and the room's media stops; `reason` is a code: person or idle."""
    sign_in.locked_at = timezone.now()
    sign_in.signature_ready_at = None
    sign_in.save(update_fields=["locked_at", "signature_ready_at"])
    close_for(sign_in=sign_in)
    record(SignInLocked(object=sign_in.ref, subject=sign_in.user.ref, reason=reason))


@act(SignInUnlocked)
def unlock_with_secret(*, sign_in: SignIn, secret: str) -> None:
    """One factor is enough to return: the password or a code. Raises FactorRefused."""
    user = sign_in.user
    if not password_fits(user, secret):
        proofs.use_code(user, secret)
    _unlock(sign_in)


@act(SignInUnlocked)
def unlock_with_passkey(*, sign_in: SignIn, challenge: bytes, credential: dict[str, Any]) -> None:
    proofs.use_passkey(challenge, credential, owner=sign_in.user)
    _unlock(sign_in)


@act(SignedOut)
def end_sign_in(*, sign_in: SignIn, reason: str = "person") -> None:
    """Signing out, or running out; `reason` is a code."""
    close_sign_ins(SignIn.objects.filter(pk=sign_in.pk))
    record(SignedOut(object=sign_in.ref, subject=sign_in.user.ref, reason=reason))


@act(SignInsRevoked)
def revoke_sign_in(*, sign_in: SignIn) -> None:
    """One's own sign-in on another device."""
    close_sign_ins(SignIn.objects.filter(pk=sign_in.pk))
    record(SignInsRevoked(object=sign_in.ref, subject=sign_in.user.ref, reason="one"))


@act(SignInsRevoked)
def end_sign_ins(user: User, *, keep: SignIn | None = None, reason: str = "all") -> int:
    """Ends all sign-ins of a person but `keep`; says how many. `reason` is a code."""
    others = user.sign_ins.exclude(pk=keep.pk) if keep else user.sign_ins.all()
    ended = close_sign_ins(others)
    record(SignInsRevoked(object=user.ref, subject=user.ref, reason=reason))
    return ended


def close_sign_ins(sign_ins: QuerySet[SignIn]) -> int:
    """Ends rows, forgets their browser sessions and closes their sockets. Part of an act: it
    records nothing itself."""
    rows = list(sign_ins.filter(ended_at__isnull=True).select_for_update(of=("self",)))
    for sign_in in rows:
        close_for(sign_in=sign_in)
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    SignIn.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=timezone.now())
    return len(rows)


def as_owner(sign_in: SignIn) -> AbstractContextManager[Origin]:
    """While a sign-in is pending or locked the request has no person; its acts still have one."""
    user = sign_in.user
    return acting_as(user.ref, user.role, auth_strength=sign_in.auth_strength)


def _new_sign_in(user: User, browser: Browser) -> SignIn:
    """In a fresh session: nothing that somebody planted in the old one survives."""
    before = queries.live_sign_in(
        browser.session.get(SESSION_SIGN_IN, ""), browser.session.session_key or ""
    )
    if before is not None:
        close_sign_ins(SignIn.objects.filter(pk=before.pk))
    sign_in = SignIn(user=user, address=browser.address, device=browser.name)
    browser.session.flush()
    browser.session[SESSION_SIGN_IN] = str(sign_in.pk)
    browser.session.create()
    sign_in.session_key = browser.session.session_key or ""
    return sign_in


def _open(sign_in: SignIn, factor: Factor, session: SessionBase) -> None:
    """The one place where a pending sign-in opens. A second use of the same row is refused."""
    session.cycle_key()
    opened = SignIn.objects.filter(
        pk=sign_in.pk, factor_at__isnull=True, ended_at__isnull=True
    ).update(factor=factor, factor_at=timezone.now(), session_key=session.session_key)
    if not opened:
        raise FactorRefused("sign_in_ended", subject=sign_in.user.ref)
    sign_in.refresh_from_db(fields=["factor", "factor_at", "session_key"])
    _record_opened(sign_in)


def _record_opened(sign_in: SignIn) -> None:
    with as_owner(sign_in):
        record(SignedIn(object=sign_in.ref, subject=sign_in.user.ref))


def _unlock(sign_in: SignIn) -> None:
    sign_in.locked_at, sign_in.last_seen_at = None, timezone.now()
    sign_in.save(update_fields=["locked_at", "last_seen_at"])
    with as_owner(sign_in):
        record(SignInUnlocked(object=sign_in.ref, subject=sign_in.user.ref))
