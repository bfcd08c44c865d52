"""Step-up: a fresh factor, good for ten minutes of audit views and for exactly one signature."""

from django.http import HttpRequest
from django.utils import timezone

from accounts.access import sign_in_of
from accounts.errors import StepUpMissing
from accounts.events import StepUpUsed
from accounts.models import SignIn
from accounts.models.sign_ins import SIGNATURE_WITHIN
from audit.services import act, record


@act(StepUpUsed)
def consume_step_up(request: HttpRequest) -> str:
    """Spends the step-up on one signature and returns its strength ("passkey", "password+totp").

    MUST be called inside the transaction that stores the signature: if that fails, the step-up is
    still unspent. Raises StepUpMissing; two requests at once get one signature.
    """
    sign_in = sign_in_of(request)
    if sign_in is None or not sign_in.is_open:
        raise StepUpMissing
    ready_since = timezone.now() - SIGNATURE_WITHIN
    ready = SignIn.objects.filter(
        pk=sign_in.pk, ended_at=None, locked_at=None, signature_ready_at__gte=ready_since
    )
    if not ready.update(signature_ready_at=None):
        raise StepUpMissing(subject=sign_in.user.ref)
    sign_in.signature_ready_at = None
    record(StepUpUsed(object=sign_in.ref, subject=sign_in.user.ref))
    return sign_in.step_up_strength
