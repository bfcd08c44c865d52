"""Every change of a programme, a group, a membership or an invitation: one transaction and one
audit event each."""

from groups.services.group_settings import change_policy, create_group, set_passphrase
from groups.services.guardians import (
    correct_birth_date,
    end_guardian,
    link_guardian,
    set_ages,
)
from groups.services.invitations import (
    Accepted,
    IssuedInvitation,
    accept_invitation,
    invite,
    withdraw_invitation,
)
from groups.services.memberships import (
    activate_membership,
    add_member,
    change_alias,
    change_choices,
    excuse_from_camera,
    leave_group,
    reinstate,
    remove_membership,
    suspend_membership,
)
from groups.services.programs import affiliate, create_program, name_sender

__all__ = [
    "Accepted",
    "IssuedInvitation",
    "accept_invitation",
    "activate_membership",
    "add_member",
    "affiliate",
    "change_alias",
    "change_choices",
    "change_policy",
    "correct_birth_date",
    "create_group",
    "create_program",
    "end_guardian",
    "excuse_from_camera",
    "invite",
    "leave_group",
    "link_guardian",
    "name_sender",
    "reinstate",
    "remove_membership",
    "set_ages",
    "set_passphrase",
    "suspend_membership",
    "withdraw_invitation",
]
