"""Every audit event of the groups app. Fields hold ids and codes, never a name or an alias."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event, Outcome


@dataclass(frozen=True, kw_only=True)
class ProgramCreated(Event):
    act: ClassVar[str] = "program.created"
    summary: ClassVar[str] = "created a programme"


@dataclass(frozen=True, kw_only=True)
class SenderNamed(Event):
    act: ClassVar[str] = "program.sender_named"
    summary: ClassVar[str] = "changed the sender's name in mails"


@dataclass(frozen=True, kw_only=True)
class InvitationSent(Event):
    act: ClassVar[str] = "invite.sent"
    summary: ClassVar[str] = "invited somebody"


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(Event):
    act: ClassVar[str] = "invite.withdrawn"
    summary: ClassVar[str] = "withdrew an invitation"


@dataclass(frozen=True, kw_only=True)
class InvitationLinkOpened(Event):
    act: ClassVar[str] = "invite.link_opened"
    summary: ClassVar[str] = "opened an invitation link"


@dataclass(frozen=True, kw_only=True)
class InvitationLinkUsedByOther(Event):
    """A signed-in person opened a link that was meant for another address."""

    act: ClassVar[str] = "invite.link_used_by_other"
    summary: ClassVar[str] = "opened an invitation link meant for somebody else"
    outcome: Outcome = Outcome.DENIED


@dataclass(frozen=True, kw_only=True)
class InvitationRefused(Event):
    """The link was used again, too late, or by an account that it does not fit."""

    act: ClassVar[str] = "invite.refused"
    summary: ClassVar[str] = "could not use an invitation"
    outcome: Outcome = Outcome.DENIED


@dataclass(frozen=True, kw_only=True)
class InvitationAccepted(Event):
    act: ClassVar[str] = "invite.accepted"
    summary: ClassVar[str] = "accepted an invitation"


@dataclass(frozen=True, kw_only=True)
class GroupCreated(Event):
    act: ClassVar[str] = "group.created"
    summary: ClassVar[str] = "created a group"


@dataclass(frozen=True, kw_only=True)
class GroupPolicyChanged(Event):
    act: ClassVar[str] = "group.policy_changed"
    summary: ClassVar[str] = "changed a group's rules"


@dataclass(frozen=True, kw_only=True)
class PassphraseRotated(Event):
    act: ClassVar[str] = "passphrase.rotated"
    summary: ClassVar[str] = "changed a group's passphrase"


@dataclass(frozen=True, kw_only=True)
class MemberAdded(Event):
    act: ClassVar[str] = "member.added"
    summary: ClassVar[str] = "joined or was added to a group"


@dataclass(frozen=True, kw_only=True)
class MemberActivated(Event):
    act: ClassVar[str] = "member.activated"
    summary: ClassVar[str] = "became an active member of a group"


@dataclass(frozen=True, kw_only=True)
class MemberSuspended(Event):
    act: ClassVar[str] = "member.suspended"
    summary: ClassVar[str] = "paused somebody's membership"


@dataclass(frozen=True, kw_only=True)
class MemberReinstated(Event):
    act: ClassVar[str] = "member.reinstated"
    summary: ClassVar[str] = "ended the pause of somebody's membership"


@dataclass(frozen=True, kw_only=True)
class MemberDeparted(Event):
    act: ClassVar[str] = "member.departed"
    summary: ClassVar[str] = "left a group"


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(Event):
    act: ClassVar[str] = "member.removed"
    summary: ClassVar[str] = "removed somebody from a group"


@dataclass(frozen=True, kw_only=True)
class AliasChanged(Event):
    act: ClassVar[str] = "member.alias_changed"
    summary: ClassVar[str] = "changed the name shown in a group"


@dataclass(frozen=True, kw_only=True)
class ChoicesChanged(Event):
    """Camera, own picture or attendance: which of them is nobody's matter but the person's."""

    act: ClassVar[str] = "member.choices_changed"
    summary: ClassVar[str] = "changed their own choices in a group"


@dataclass(frozen=True, kw_only=True)
class AccommodationChanged(Event):
    act: ClassVar[str] = "member.accommodation_changed"
    summary: ClassVar[str] = "changed what was agreed about the camera"


@dataclass(frozen=True, kw_only=True)
class AgesSet(Event):
    act: ClassVar[str] = "group.ages_set"
    summary: ClassVar[str] = "changed the ages that a group is for"


@dataclass(frozen=True, kw_only=True)
class BirthDateCorrected(Event):
    act: ClassVar[str] = "member.birth_date_corrected"
    summary: ClassVar[str] = "corrected a date of birth"


@dataclass(frozen=True, kw_only=True)
class GuardianLinked(Event):
    """`object` is the link, `subject` the minor, `reason` the scope."""

    act: ClassVar[str] = "guardian.linked"
    summary: ClassVar[str] = "became a minor's guardian"


@dataclass(frozen=True, kw_only=True)
class GuardianUnlinked(Event):
    act: ClassVar[str] = "guardian.ended"
    summary: ClassVar[str] = "ended a guardian's link to a minor"


@dataclass(frozen=True, kw_only=True)
class GroupViewed(Event):
    """A member saw the group page: names shown in the group, no true names."""

    act: ClassVar[str] = "group.viewed"
    summary: ClassVar[str] = "opened a group's page"


@dataclass(frozen=True, kw_only=True)
class RosterViewed(Event):
    """True names and states of a group's members were shown to a host."""

    act: ClassVar[str] = "record.viewed"
    summary: ClassVar[str] = "saw the true names and states of a group's members"


@dataclass(frozen=True, kw_only=True)
class MembershipViewed(Event):
    """One person's membership was shown, to the person or to a host."""

    act: ClassVar[str] = "member.viewed"
    summary: ClassVar[str] = "saw one membership"


@dataclass(frozen=True, kw_only=True)
class EmergencyCardOpened(Event):
    """A right beyond the usual ones: the compliance desk keeps it until it was reviewed."""

    act: ClassVar[str] = "breakglass.opened"
    summary: ClassVar[str] = "opened an emergency card"


@dataclass(frozen=True, kw_only=True)
class GroupsListed(Event):
    act: ClassVar[str] = "group.listed"
    summary: ClassVar[str] = "saw the list of groups"


@dataclass(frozen=True, kw_only=True)
class PeopleListed(Event):
    act: ClassVar[str] = "people.viewed"
    summary: ClassVar[str] = "saw the people of the programme"


@dataclass(frozen=True, kw_only=True)
class GroupAccessRefused(Event):
    act: ClassVar[str] = "group.access.refused"
    summary: ClassVar[str] = "was refused a group"
    outcome: Outcome = Outcome.DENIED
