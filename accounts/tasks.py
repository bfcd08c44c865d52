"""Work apart from requests: ids in, one service call. Every task may run twice."""

from uuid import UUID

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import limits, mail, queries
from accounts.errors import Slowed
from accounts.models import FactorReset, FactorResetState, PasswordReset, SignIn
from accounts.models.sign_ins import FACTOR_WITHIN, PASSWORD_RESET_WITHIN
from accounts.services.factor_resets import complete_factor_reset
from accounts.services.passwords import answer_password_reset
from accounts.services.sign_ins import end_sign_in
from audit.context import acting_as_system


@shared_task
def deliver_mail(mail_id: str) -> None:
    mail.deliver(UUID(mail_id))


@shared_task
def answer_reset_request(reset_id: str) -> None:
    answer_password_reset(UUID(reset_id))


@shared_task
def tell_of_guesses(email_index: str) -> None:
    user = queries.active_person_by_index(email_index)
    if user is not None:
        mail.send(user, "accounts/mail/guesses.txt", {})


@shared_task
def every_minute() -> None:
    """Called by the beat, or by the one process of `make run`."""
    mail.deliver_waiting()
    limits.forget_full_buckets()
    over = timezone.now() - PASSWORD_RESET_WITHIN
    PasswordReset.objects.filter(created_at__lt=over).delete()
    with acting_as_system("accounts.every_minute"):
        sweep_sign_ins()
        complete_due_factor_resets()


def complete_due_factor_resets() -> None:
    due = FactorReset.objects.filter(state=FactorResetState.APPROVED, due_at__lte=timezone.now())
    for reset in due:
        complete_factor_reset(reset=reset)


def sweep_sign_ins() -> None:
    """Ends what ran out with nobody there. A password without its second factor may be a thief's:
    the owner is told, unless they came in themselves meanwhile."""
    now = timezone.now()
    for sign_in in queries.live_before(now - FACTOR_WITHIN):
        if not sign_in.has_expired(now):
            continue
        end_sign_in(sign_in=sign_in, reason="expired")
        if sign_in.is_pending and queries.owner_stayed_outside(sign_in):
            _tell_of_half_a_sign_in(sign_in)
    Session.objects.filter(expire_date__lt=now).delete()


def _tell_of_half_a_sign_in(sign_in: SignIn) -> None:
    try:
        limits.require(limits.HALF_SIGN_IN_TOLD, sign_in.user_id)
    except Slowed:
        return
    mail.send(sign_in.user, "accounts/mail/half_sign_in.txt", {})
