"""What accounts refuses, and why.

AccountsError
├── SignInRefused          wrong address, password or suspended person: never said which
├── FactorRefused          wrong, used or expired code; an assertion that does not verify
├── Slowed                 too many tries: carries the wait, never a lock
├── StepUpMissing          no fresh factor for this signature
├── AddressTaken           an account of this address exists (seen by its inviter's flow only)
├── ResetRefused           a password reset link that is unknown, used or too old
├── LastFactor             the only second factor cannot be removed
└── ApprovalRefused        this person may not approve, or has already approved
"""

from audit.events import Ref


class AccountsError(Exception):
    """`code` is the reason that the audit log keeps; `subject` the person it is about, if known."""

    code = "refused"

    def __init__(self, code: str = "", *, subject: Ref | None = None) -> None:
        super().__init__(code or self.code)
        self.code = code or self.code
        self.subject = subject


class SignInRefused(AccountsError):
    code = "credentials"


class FactorRefused(AccountsError):
    code = "factor"


class Slowed(AccountsError):
    code = "slowed"

    def __init__(self, wait_seconds: int, *, subject: Ref | None = None) -> None:
        super().__init__(subject=subject)
        self.wait_seconds = wait_seconds


class StepUpMissing(AccountsError):
    code = "step_up_missing"


class AddressTaken(AccountsError):
    code = "address_taken"


class ResetRefused(AccountsError):
    code = "reset_link"


class LastFactor(AccountsError):
    code = "last_factor"


class ApprovalRefused(AccountsError):
    code = "approval"
