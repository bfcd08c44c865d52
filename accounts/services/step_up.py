"""Step-up: a fresh factor, good for ten minutes of audit views and for exactly one signature."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts import proofs
from accounts.errors import FactorRefused, StepUpMissing
from accounts.events import SteppedUp, StepUpUsed
from accounts.models import Factor, SignIn
from accounts.models.sign_ins import SIGNATURE_WITHIN
from accounts.passwords import password_fits
from audit.services import act, record


@act(SteppedUp)
def step_up_with_code(*, sign_in: SignIn, password: str, code: str) -> None:
    """Password and an unused code, both. Raises FactorRefused and does not say which."""
    if not password_fits(sign_in.user, password):
        raise FactorRefused("step_up", subject=sign_in.user.ref)
    _step_up(sign_in, proofs.use_code(sign_in.user, code))


@act(SteppedUp)
def step_up_with_passkey(*, sign_in: SignIn, challenge: bytes, credential: dict[str, Any]) -> None:
    proofs.use_passkey(challenge, credential, owner=sign_in.user)
    _step_up(sign_in, Factor.PASSKEY)


@act(StepUpUsed)
def consume_step_up(request: HttpRequest) -> str:
    """Spends the step-up on one signature and returns its strength ("passkey", "password+totp").

    MUST be called inside the transaction that stores the signature: if that fails, the step-up is
    still unspent. Raises StepUpMissing; two requests at once get one signature.
    """
    sign_in: SignIn | None = getattr(request, "sign_in", None)
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


def _step_up(sign_in: SignIn, factor: Factor) -> None:
    now = timezone.now()
    sign_in.stepped_up_at = sign_in.signature_ready_at = now
    sign_in.stepped_up_with = factor
    sign_in.save(update_fields=["stepped_up_at", "stepped_up_with", "signature_ready_at"])
    record(SteppedUp(object=sign_in.ref, subject=sign_in.user.ref))
