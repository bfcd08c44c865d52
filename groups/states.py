"""The closed sets of this app and the ways a membership may go (journeys.md §5.1)."""

from django.db.models import TextChoices


class SeatRole(TextChoices):
    """What a person is in one group. It comes from the membership, never from join order."""

    HOST = "host", "Therapist"
    COHOST = "cohost", "Co-therapist"
    MEMBER = "member", "Member"
    OBSERVER = "observer", "Observer"


class GuardianScope(TextChoices):
    """What a guardian may do for a minor. Joining and seeing peers is in no scope."""

    SIGN = "sign", "May sign papers for the minor"
    INFORMED = "informed", "Sees which papers are signed; signs nothing"


HOST_ROLES = frozenset({SeatRole.HOST, SeatRole.COHOST})


class EmergencyReason(TextChoices):
    """Why somebody's emergency card is opened."""

    MEDICAL = "medical", "A medical emergency"
    SAFETY = "safety", "Somebody's safety"
    UNREACHABLE = "unreachable", "I cannot reach them"


class CameraPolicy(TextChoices):
    OPTIONAL = "optional", "Everybody chooses: camera, sound only or text"
    EXPECTED = "expected", "Cameras are expected; the therapist may agree otherwise"
    OFF = "off", "Sound and text only"


class MembershipState(TextChoices):
    INVITED = "invited", "Invited"
    ENROLLED = "enrolled", "Papers to sign"
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Paused"
    DEPARTED = "departed", "Left the group"
    REMOVED = "removed", "Removed"


LIVE_STATES = frozenset({MembershipState.ENROLLED, MembershipState.ACTIVE})
ENDED_STATES = frozenset({MembershipState.DEPARTED, MembershipState.REMOVED})

TRANSITIONS: dict[MembershipState, frozenset[MembershipState]] = {
    MembershipState.INVITED: frozenset({MembershipState.ENROLLED}) | ENDED_STATES,
    MembershipState.ENROLLED: frozenset({MembershipState.ACTIVE, MembershipState.SUSPENDED})
    | ENDED_STATES,
    MembershipState.ACTIVE: frozenset({MembershipState.SUSPENDED}) | ENDED_STATES,
    MembershipState.SUSPENDED: LIVE_STATES | ENDED_STATES,
    # Someone who left may be invited again; someone removed may not.
    MembershipState.DEPARTED: LIVE_STATES,
    MembershipState.REMOVED: frozenset(),
}
