"""A lost factor: asked for after the password, approved by two staff, done a day later."""

from django.utils import timezone

from accounts import mail
from accounts.errors import ApprovalRefused
from accounts.events import (
    FactorResetApproved,
    FactorResetCancelled,
    FactorResetCompleted,
    FactorResetRequested,
)
from accounts.models import FactorReset, FactorResetState, Role, SignIn, User
from accounts.models.factor_resets import NOTICE, OPEN
from accounts.services.sign_ins import as_owner, close_sign_ins
from audit.services import act, record

MAY_APPROVE = frozenset({Role.THERAPIST, Role.ADMIN})


@act(FactorResetRequested)
def request_factor_reset(*, sign_in: SignIn) -> FactorReset:
    """The password is proven, so a stranger cannot ask in somebody's name. Asking twice is once."""
    user = sign_in.user
    reset = user.factor_resets.filter(state__in=OPEN).first()
    if reset is None:
        reset = FactorReset.objects.create(user=user)
        mail.send(user, "accounts/mail/factor_reset_requested.txt", {})
    with as_owner(sign_in):
        record(FactorResetRequested(object=reset.ref, subject=user.ref))
    return reset


@act(FactorResetApproved)
def approve_factor_reset(*, reset: FactorReset, by: User) -> FactorReset:
    """Each approver has spoken with the person and checked who they are. One alone changes
    nothing; the second starts a day of notice. Raises ApprovalRefused."""
    reset = FactorReset.objects.select_for_update(of=("self",)).get(pk=reset.pk)
    if by.role not in MAY_APPROVE or by.pk in (reset.user_id, reset.first_approval_by_id):
        raise ApprovalRefused(subject=reset.user.ref)
    if reset.state != FactorResetState.REQUESTED:
        raise ApprovalRefused("state", subject=reset.user.ref)
    now = timezone.now()
    if reset.first_approval_by_id is None:
        reset.first_approval_by, reset.first_approval_at = by, now
    else:
        reset.second_approval_by, reset.second_approval_at = by, now
        reset.state, reset.due_at = FactorResetState.APPROVED, now + NOTICE
        mail.send(reset.user, "accounts/mail/factor_reset_approved.txt", {})
    reset.save()
    record(FactorResetApproved(object=reset.ref, subject=reset.user.ref))
    return reset


@act(FactorResetCancelled)
def cancel_factor_reset(*, reset: FactorReset, reason: str) -> None:
    """By the person, who proved to have a factor after all, or by staff; `reason` is a code."""
    reset = FactorReset.objects.select_for_update(of=("self",)).get(pk=reset.pk)
    if not reset.may_become(FactorResetState.CANCELLED):
        raise ApprovalRefused("state", subject=reset.user.ref)
    reset.state, reset.closed_at = FactorResetState.CANCELLED, timezone.now()
    reset.save()
    record(FactorResetCancelled(object=reset.ref, subject=reset.user.ref, reason=reason))


@act(FactorResetCompleted)
def complete_factor_reset(*, reset: FactorReset) -> None:
    """After the notice: every factor goes, every sign-in ends; the next sign-in enrols anew."""
    reset = FactorReset.objects.select_for_update(of=("self",)).get(pk=reset.pk)
    now = timezone.now()
    if reset.state != FactorResetState.APPROVED or reset.due_at is None or reset.due_at > now:
        raise ApprovalRefused("state", subject=reset.user.ref)
    user = reset.user
    for factors in (user.totp_devices, user.passkeys, user.recovery_codes):
        factors.all().delete()
    close_sign_ins(user.sign_ins.all())
    reset.state, reset.closed_at = FactorResetState.COMPLETED, now
    reset.save()
    mail.send(user, "accounts/mail/factor_reset_done.txt", {})
    record(FactorResetCompleted(object=reset.ref, subject=user.ref))
