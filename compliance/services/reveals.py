"""A true name, for one reason, with one entry: the desk shows none otherwise."""

from accounts.models import User
from audit.services import act, record
from compliance.events import NameRevealed
from compliance.states import RevealReason


@act(NameRevealed)
def reveal_name(*, person: User, reason: RevealReason) -> str:
    """MUST be shown by the very request that asked, and kept nowhere. May be empty."""
    record(NameRevealed(subject=person.ref, reason=reason))
    return person.profile.true_name
