"""Everything the accounts app keeps: people, sign-ins, factors, limits and outgoing mail."""

from accounts.models.factor_resets import FACTOR_RESET_TRANSITIONS, FactorReset, FactorResetState
from accounts.models.factors import Passkey, RecoveryCode, TotpDevice
from accounts.models.limits import LimitBucket
from accounts.models.mail import OutgoingMail
from accounts.models.people import Profile, Role, User
from accounts.models.sign_ins import Factor, PasswordReset, SignIn

__all__ = [
    "FACTOR_RESET_TRANSITIONS",
    "Factor",
    "FactorReset",
    "FactorResetState",
    "LimitBucket",
    "OutgoingMail",
    "Passkey",
    "PasswordReset",
    "Profile",
    "RecoveryCode",
    "Role",
    "SignIn",
    "TotpDevice",
    "User",
]
