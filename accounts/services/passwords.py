"""Changing a password, and resetting a forgotten one.

A reset proves the mailbox only: second factors stay, and every sign-in ends.
"""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts import mail, queries
from accounts.errors import FactorRefused, ResetRefused
from accounts.events import PasswordChanged, PasswordResetDone, PasswordResetRequested
from accounts.models import PasswordReset, SignIn, User
from accounts.models.people import email_digest
from accounts.models.sign_ins import PASSWORD_RESET_WITHIN
from accounts.passwords import password_fits
from accounts.services.sign_ins import close_sign_ins
from audit.services import act, record


@act(PasswordChanged)
def change_password(*, sign_in: SignIn, present: str, new: str) -> None:
    """Ends every other sign-in of the person. Raises FactorRefused for a wrong present one."""
    user = sign_in.user
    if not password_fits(user, present):
        raise FactorRefused("password", subject=user.ref)
    _set_password(user, new)
    close_sign_ins(user.sign_ins.exclude(pk=sign_in.pk))
    mail.send(user, "accounts/mail/password_changed.txt", {})
    record(PasswordChanged(object=user.ref, subject=user.ref))


@act(PasswordResetRequested)
def request_password_reset(*, email: str) -> PasswordReset:
    """The same row and the same entry whether or not the address has an account."""
    reset = PasswordReset.objects.create(address_index=email_digest(email))
    record(PasswordResetRequested(object=reset.ref))
    return reset


def answer_password_reset(reset_id: UUID) -> None:
    """Runs apart from the request: only here is it known whether there is somebody to write to."""
    reset = PasswordReset.objects.filter(pk=reset_id, token_hash__isnull=True).first()
    user = queries.active_person_by_index(reset.address_index) if reset else None
    if reset is None or user is None:
        return
    token = secrets.token_urlsafe(32)
    reset.user, reset.token_hash = user, token_hash(token)
    reset.save(update_fields=["user", "token_hash"])
    mail.send(user, "accounts/mail/password_reset.txt", {"path": f"/reset/{token}/"})


@act(PasswordResetDone)
def reset_password(*, token: str, new: str) -> User:
    """The link works once. The second factor is untouched. Raises ResetRefused."""
    now = timezone.now()
    reset = live_password_reset(token, now)
    used = PasswordReset.objects.filter(pk=reset.pk, used_at__isnull=True).update(used_at=now)
    user = reset.user
    if not used or user is None or not user.is_active:
        raise ResetRefused
    _set_password(user, new)
    PasswordReset.objects.filter(user=user, used_at__isnull=True).update(used_at=now)
    close_sign_ins(user.sign_ins.all())
    mail.send(user, "accounts/mail/password_changed.txt", {})
    record(PasswordResetDone(object=reset.ref, subject=user.ref))
    return user


def live_password_reset(token: str, now: datetime) -> PasswordReset:
    live = PasswordReset.objects.select_related("user").filter(
        token_hash=token_hash(token),
        used_at__isnull=True,
        created_at__gt=now - PASSWORD_RESET_WITHIN,
    )
    reset = live.first()
    if reset is None:
        raise ResetRefused
    return reset


def token_hash(token: str) -> str:
    """32 random bytes need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _set_password(user: User, new: str) -> None:
    user.set_password(new)
    user.save(update_fields=["password"])
