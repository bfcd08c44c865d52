"""Every audit event of the accounts app. Fields hold ids and codes, never a personal datum."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event, Outcome


@dataclass(frozen=True, kw_only=True)
class AccountCreated(Event):
    act: ClassVar[str] = "account.created"


@dataclass(frozen=True, kw_only=True)
class AccountSuspended(Event):
    act: ClassVar[str] = "account.suspended"


@dataclass(frozen=True, kw_only=True)
class AccountReinstated(Event):
    act: ClassVar[str] = "account.reinstated"


@dataclass(frozen=True, kw_only=True)
class PasswordAccepted(Event):
    """The password was right; nothing is open yet."""

    act: ClassVar[str] = "auth.password.ok"


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """The second factor was right, or a passkey proved both at once."""

    act: ClassVar[str] = "auth.signin.ok"


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Event):
    act: ClassVar[str] = "auth.signin.failed"
    outcome: Outcome = Outcome.FAILED


@dataclass(frozen=True, kw_only=True)
class SignInSlowed(Event):
    act: ClassVar[str] = "auth.signin.slowed"
    outcome: Outcome = Outcome.DENIED


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    act: ClassVar[str] = "auth.signin.ended"


@dataclass(frozen=True, kw_only=True)
class SignInsRevoked(Event):
    """One or all sign-ins of a person were ended; `object` names the one."""

    act: ClassVar[str] = "auth.session.revoked"


@dataclass(frozen=True, kw_only=True)
class SignInLocked(Event):
    act: ClassVar[str] = "auth.session.locked"


@dataclass(frozen=True, kw_only=True)
class SignInUnlocked(Event):
    act: ClassVar[str] = "auth.session.unlocked"


@dataclass(frozen=True, kw_only=True)
class SignInsShown(Event):
    """The security page with addresses and devices was opened by its owner."""

    act: ClassVar[str] = "auth.session.viewed"


@dataclass(frozen=True, kw_only=True)
class FactorFailed(Event):
    act: ClassVar[str] = "auth.factor.failed"
    outcome: Outcome = Outcome.FAILED


@dataclass(frozen=True, kw_only=True)
class FactorOffered(Event):
    """A secret for a new authenticator app was made and shown."""

    act: ClassVar[str] = "auth.factor.offered"


@dataclass(frozen=True, kw_only=True)
class FactorEnrolled(Event):
    act: ClassVar[str] = "auth.factor.enrolled"


@dataclass(frozen=True, kw_only=True)
class FactorRemoved(Event):
    act: ClassVar[str] = "auth.factor.removed"


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesMade(Event):
    act: ClassVar[str] = "auth.factor.recovery_made"


@dataclass(frozen=True, kw_only=True)
class FactorResetRequested(Event):
    act: ClassVar[str] = "auth.factor.reset_requested"


@dataclass(frozen=True, kw_only=True)
class FactorResetApproved(Event):
    act: ClassVar[str] = "auth.factor.reset_approved"


@dataclass(frozen=True, kw_only=True)
class FactorResetCancelled(Event):
    act: ClassVar[str] = "auth.factor.reset_cancelled"


@dataclass(frozen=True, kw_only=True)
class FactorResetCompleted(Event):
    act: ClassVar[str] = "auth.factor.reset"


@dataclass(frozen=True, kw_only=True)
class FactorResetsShown(Event):
    act: ClassVar[str] = "auth.factor.resets_viewed"


@dataclass(frozen=True, kw_only=True)
class SteppedUp(Event):
    act: ClassVar[str] = "auth.factor.ok"


@dataclass(frozen=True, kw_only=True)
class StepUpUsed(Event):
    """One step-up was spent on one signature."""

    act: ClassVar[str] = "auth.factor.used"


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    act: ClassVar[str] = "auth.password.changed"


@dataclass(frozen=True, kw_only=True)
class PasswordResetRequested(Event):
    act: ClassVar[str] = "auth.password.reset_requested"


@dataclass(frozen=True, kw_only=True)
class PasswordResetDone(Event):
    act: ClassVar[str] = "auth.password.reset"


@dataclass(frozen=True, kw_only=True)
class ProfileSaved(Event):
    act: ClassVar[str] = "profile.saved"


@dataclass(frozen=True, kw_only=True)
class ProfileShown(Event):
    act: ClassVar[str] = "profile.viewed"


@dataclass(frozen=True, kw_only=True)
class AccessRefused(Event):
    act: ClassVar[str] = "auth.access.refused"
    outcome: Outcome = Outcome.DENIED
