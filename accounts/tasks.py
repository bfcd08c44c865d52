"""Work apart from requests: ids in, one service call. Every task may run twice."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from accounts import limits, mail, queries
from accounts.models import FactorReset, FactorResetState, PasswordReset
from accounts.models.sign_ins import PASSWORD_RESET_WITHIN
from accounts.services.factor_resets import complete_factor_reset
from accounts.services.passwords import answer_password_reset
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
    complete_due_factor_resets()


def complete_due_factor_resets() -> None:
    due = FactorReset.objects.filter(state=FactorResetState.APPROVED, due_at__lte=timezone.now())
    with acting_as_system("accounts.every_minute"):
        for reset in due:
            complete_factor_reset(reset=reset)
