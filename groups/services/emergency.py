"""The emergency card: whom to call for a member, for one reason, with one entry each time."""

from dataclasses import dataclass, field

from audit.services import act, record
from groups.events import EmergencyCardOpened
from groups.models import Membership
from groups.states import EmergencyReason


@dataclass(frozen=True, slots=True)
class EmergencyCard:
    """MUST be shown by the very request that asked, and kept nowhere."""

    true_name: str = field(repr=False)
    call_back: str = field(repr=False)
    contact: str = field(repr=False)


@act(EmergencyCardOpened)
def open_emergency_card(*, membership: Membership, reason: EmergencyReason) -> EmergencyCard:
    """The caller has asked `access.membership_for_host`."""
    person = membership.user
    record(
        EmergencyCardOpened(
            object=membership.ref, subject=person.ref, group=membership.group.ref, reason=reason
        )
    )
    profile = person.profile
    return EmergencyCard(profile.true_name, profile.call_back, profile.emergency_contact)
