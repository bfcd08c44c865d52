"""Every change of an account's state: one transaction and one audit event each."""

from accounts.services.people import (
    create_account,
    reinstate_account,
    save_profile,
    suspend_account,
)
from accounts.services.sign_ins import begin_sign_in, end_sign_ins
from accounts.services.step_up import consume_step_up

__all__ = [
    "begin_sign_in",
    "consume_step_up",
    "create_account",
    "end_sign_ins",
    "reinstate_account",
    "save_profile",
    "suspend_account",
]
