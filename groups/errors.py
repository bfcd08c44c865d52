"""What may be refused in this app.

GroupsError
├── TransitionRefused       the membership cannot go that way
├── InvitationEnded         used, expired, withdrawn or unknown: all alike
├── InvitationMismatch      the account fits the address but not the role or the programme
├── AliasRefused            is also a ValidationError, so that forms show its words
│   └── PronounsRefused     the same for what stands beside the alias
├── AgeOutside              not of the ages that the group is for
│   └── AgesRefused         new ages would leave somebody outside
├── GuardianRefused         the link would be to nobody, or to a member who is no minor
├── GroupFull               every place is taken or promised
└── LastHost                a group cannot lose its only host
"""

from django.core.exceptions import ValidationError


class GroupsError(Exception):
    """`code` is for the audit log and the tests; `text` is for the screen."""

    code = "groups.refused"
    text = "This could not be done. Go back and try again."


class TransitionRefused(GroupsError):
    code = "membership.transition"
    text = "This membership has changed in the meantime. Look at the group again."


class InvitationEnded(GroupsError):
    code = "invite.ended"
    text = "This invitation has ended. Ask the person who invited you for a new one."


class InvitationMismatch(GroupsError):
    code = "invite.mismatch"
    text = (
        "This invitation does not fit the account you are signed in with. "
        "Ask the person who invited you to use another e-mail address of yours."
    )


class GroupFull(GroupsError):
    code = "group.full"
    text = (
        "Every place in this group is taken or promised. Raise the number of places in the "
        "group's rules, or end an open invitation first."
    )


class LastHost(GroupsError):
    code = "group.last_host"
    text = "A group needs a therapist. Name another one first."


class AliasRefused(GroupsError, ValidationError):
    """`field` is the one of the form that the words stand beside."""

    code = "alias.refused"
    field = "alias"

    def __init__(self, text: str, code: str) -> None:
        ValidationError.__init__(self, text, code=code)
        self.text = text


class PronounsRefused(AliasRefused):
    code = "pronouns.refused"
    field = "pronouns"


class AgeOutside(GroupsError):
    code = "group.age"
    text = (
        "This group is for people of certain ages, and this date of birth does not fit. Ask the "
        "person who invited you for a group that does."
    )


class AgesRefused(AgeOutside):
    code = "group.ages"
    text = "Somebody in the group is outside these ages. Talk with them first, then change this."


class GuardianRefused(GroupsError):
    code = "guardian.refused"
    text = "Guardians sign for minors only. Write the member's date of birth down first."
