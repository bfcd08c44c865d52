"""Enrolling and removing second factors, and making recovery codes."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts import proofs, recovery, totp, webauthn
from accounts.errors import FactorRefused, LastFactor
from accounts.events import (
    FactorEnrolled,
    FactorOffered,
    FactorRemoved,
    RecoveryCodesMade,
)
from accounts.models import Passkey, RecoveryCode, SignIn, TotpDevice, User
from accounts.services.sign_ins import as_owner
from audit.services import act, record


@act(FactorOffered)
def offer_totp(*, sign_in: SignIn) -> TotpDevice:
    """A new secret to scan. It counts for nothing before a code of it was shown."""
    user = sign_in.user
    user.totp_devices.filter(confirmed_at__isnull=True).delete()
    device = TotpDevice.objects.create(user=user, secret=totp.new_secret())
    with as_owner(sign_in):
        record(FactorOffered(object=device.ref, subject=user.ref))
    return device


@act(FactorEnrolled)
def confirm_totp(*, sign_in: SignIn, device: TotpDevice, code: str) -> None:
    """Raises FactorRefused. The code is used up by this."""
    if device.confirmed_at is not None or not proofs.spend_step(device, code.replace(" ", "")):
        raise FactorRefused("totp_enrolment", subject=sign_in.user.ref)
    device.confirmed_at = timezone.now()
    device.save(update_fields=["confirmed_at"])
    with as_owner(sign_in):
        record(FactorEnrolled(object=device.ref, subject=sign_in.user.ref))


@act(FactorEnrolled)
def enrol_passkey(
    *, sign_in: SignIn, credential: dict[str, Any], session: SessionBase, name: str
) -> Passkey:
    """Raises FactorRefused, also for a passkey that is enrolled already."""
    new = webauthn.verify_enrolment(session, credential)
    if Passkey.objects.filter(credential_id=new.credential_id).exists():
        raise FactorRefused("passkey_known", subject=sign_in.user.ref)
    passkey = Passkey.objects.create(
        user=sign_in.user,
        name=name,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
    )
    with as_owner(sign_in):
        record(FactorEnrolled(object=passkey.ref, subject=sign_in.user.ref))
    return passkey


@act(FactorRemoved)
def remove_factor(*, user: User, factor: TotpDevice | Passkey) -> None:
    """Raises LastFactor: an account never falls back to its password alone."""
    User.objects.select_for_update().get(pk=user.pk)
    removed = factor.ref
    factor.delete()
    if not user.has_factor:
        raise LastFactor(subject=user.ref)
    record(FactorRemoved(object=removed, subject=user.ref))


@act(RecoveryCodesMade)
def make_recovery_codes(*, user: User) -> list[str]:
    """New ones; the old ones end. They are shown by the caller now and never again."""
    user.recovery_codes.all().delete()
    codes = [recovery.new_code() for _ in range(recovery.HOW_MANY)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=recovery.digest(user, code)) for code in codes
    )
    record(RecoveryCodesMade(object=user.ref, subject=user.ref))
    return codes
