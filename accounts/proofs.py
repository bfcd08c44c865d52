"""Checking and using up a proof: a one-time code, a recovery code, a passkey's assertion.

Each is good for one use, decided by one conditional UPDATE or a row lock, so two requests at once
get one success. They change rows and MUST be called inside a service's transaction.
"""

from typing import Any

from django.utils import timezone

from accounts import recovery, totp, webauthn
from accounts.errors import FactorRefused
from accounts.models import Factor, Passkey, TotpDevice, User


def use_code(user: User, code: str) -> Factor:
    """A code of the authenticator app, or a recovery code. Raises FactorRefused."""
    typed = code.strip().replace(" ", "")
    if len(typed) == 6 and typed.isascii() and typed.isdigit():
        use_totp(user, typed)
        return Factor.TOTP
    use_recovery_code(user, typed)
    return Factor.RECOVERY


def use_totp(user: User, code: str) -> TotpDevice:
    for device in user.totp_devices.filter(confirmed_at__isnull=False):
        if spend_step(device, code):
            return device
    raise FactorRefused("totp", subject=user.ref)


def spend_step(device: TotpDevice, code: str) -> bool:
    """Whether `code` is right and its step was not used before; from now on it is used."""
    step = totp.matching_step(device.secret, code, after=device.last_step)
    if step is None:
        return False
    unused = TotpDevice.objects.filter(pk=device.pk, last_step__lt=step)
    return bool(unused.update(last_step=step))


def use_recovery_code(user: User, code: str) -> None:
    unused = user.recovery_codes.filter(digest=recovery.digest(user, code), used_at__isnull=True)
    if not unused.update(used_at=timezone.now()):
        raise FactorRefused("recovery", subject=user.ref)


def use_passkey(challenge: bytes, credential: dict[str, Any], *, owner: User | None) -> Passkey:
    """`owner` None lets any enrolled passkey in: it says itself whose it is."""
    rows = Passkey.objects.select_for_update(of=("self",)).select_related("user")
    passkey = rows.filter(credential_id=webauthn.credential_id_of(credential)).first()
    if passkey is None or (owner is not None and passkey.user_id != owner.pk):
        raise FactorRefused("passkey", subject=owner.ref if owner else None)
    assertion = webauthn.verify_use(challenge, passkey, credential)
    if assertion.challenge == passkey.last_challenge:
        raise FactorRefused("passkey_replayed", subject=passkey.user.ref)
    passkey.sign_count, passkey.last_challenge = assertion.sign_count, assertion.challenge
    passkey.last_used_at = timezone.now()
    passkey.save(update_fields=["sign_count", "last_challenge", "last_used_at"])
    return passkey
