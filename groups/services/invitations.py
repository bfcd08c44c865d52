"""Invitations: the only way in. Bound to an address, a role and a group; used once.

The token exists in the mail, in the link and in this process's memory while it is made, and
nowhere else. MUST NOT say anything about accounts to somebody without an open token.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.limits import Limit
from accounts.models import Role, User
from accounts.services import create_account
from audit.context import acting_as
from audit.services import act, record
from crypto import blind_index
from groups import ages
from groups.errors import GroupFull, GuardianRefused, InvitationEnded, InvitationMismatch
from groups.events import InvitationAccepted, InvitationSent, InvitationWithdrawn
from groups.invitation_tokens import digest_of, new_token
from groups.models import INVITATION_LIFETIME, Group, Invitation, Membership, Program
from groups.services.guardians import link_guardian, take_birth_date
from groups.services.memberships import add_member
from groups.services.programs import affiliate
from groups.states import ENDED_STATES, GuardianScope, SeatRole

# A stolen admin account must not become a mail cannon; a whole group is invited without waiting.
INVITATIONS = Limit("invite.inviter", 40, timedelta(minutes=2))


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """`link` holds the secret: for the mail and the command that prints it, for nothing else."""

    invitation: Invitation
    link: str

    def __repr__(self) -> str:
        return f"IssuedInvitation({self.invitation.pk})"


@dataclass(frozen=True, slots=True)
class Accepted:
    user: User
    membership: Membership | None
    is_new_account: bool


@act(InvitationSent)
def invite(
    *,
    program: Program,
    address: str,
    role: Role,
    invited_by: User | None,
    group: Group | None = None,
    seat_role: SeatRole | None = None,
    ward: Membership | None = None,
    guardian_scope: GuardianScope | None = None,
) -> IssuedInvitation:
    """Mails a fresh link; an earlier open one for the same address and group is dead from now on.

    Members come with a group, compliance officers and admins without, guardians with a minor
    instead. Raises GroupFull, GuardianRefused.
    """
    if (group is None) != (seat_role is None) or (role == Role.PARTICIPANT and group is None):
        raise ValueError("a seat role goes with a group, and a member needs both")
    if len({role == Role.GUARDIAN, ward is not None, guardian_scope is not None}) > 1:
        raise ValueError("a guardian comes with a minor and a scope, and nobody else does")
    if ward is not None and not ages.is_minor(
        ward.group, ward.user.profile.born_on, timezone.now()
    ):
        raise GuardianRefused
    address = address.strip()
    _withdraw_earlier(program, group, address)
    if group is not None:
        _refuse_when_promised(group)
    token = new_token()
    invitation = Invitation.objects.create(
        program=program,
        group=group,
        role=role,
        seat_role=seat_role or "",
        ward=ward,
        guardian_scope=guardian_scope or "",
        address=address,
        token_hash=digest_of(token),
        invited_by=invited_by,
        expires_at=timezone.now() + INVITATION_LIFETIME,
    )
    path = reverse("groups:invitation", args=[token])
    mail.send(
        address,
        "groups/mail/invitation.txt",
        {"path": path, "days": INVITATION_LIFETIME.days},
        sender=program.neutral_sender,
    )
    record(
        InvitationSent(
            object=invitation.ref, group=group.ref if group else None, reason=seat_role or role
        )
    )
    return IssuedInvitation(invitation, settings.PUBLIC_URL + path)


@act(InvitationWithdrawn)
def withdraw_invitation(*, invitation: Invitation) -> None:
    """Raises InvitationEnded when it was used or withdrawn in the meantime."""
    open_row = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    if not open_row.update(revoked_at=timezone.now()):
        raise InvitationEnded
    record(
        InvitationWithdrawn(
            object=invitation.ref, group=invitation.group.ref if invitation.group else None
        )
    )


@act(InvitationAccepted)
def accept_invitation(
    *,
    token: str,
    user: User | None = None,
    password: str = "",
    true_name: str = "",
    alias: str = "",
    pronouns: str = "",
    born_on: date | None = None,
) -> Accepted:
    """Uses the token, with the signed-in account of its address or with a new one.

    One conditional UPDATE decides between two that come at once; any refusal afterwards gives the
    token back. Raises InvitationEnded, InvitationMismatch, AliasRefused, GroupFull, AddressTaken,
    AgeOutside.
    """
    invitation = _use(token)
    known = user or create_account(
        email=invitation.address,
        password=password,
        role=Role(invitation.role),
        true_name=true_name,
    )
    if not fits(invitation, known):
        raise InvitationMismatch
    with acting_as(known.ref, known.role):
        affiliate(user=known, program=invitation.program)
        if invitation.group is not None and invitation.seat_role == SeatRole.MEMBER:
            take_birth_date(group=invitation.group, user=known, born=born_on)
        membership = _join(invitation, known, alias=alias, pronouns=pronouns)
        _stand_for_ward(invitation, known)
        record(
            InvitationAccepted(
                object=invitation.ref,
                subject=known.ref,
                group=membership.group.ref if membership else None,
            )
        )
    return Accepted(known, membership, is_new_account=user is None)


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether it went to the address of this account."""
    return blind_index.normalised(user.email) == blind_index.normalised(invitation.address)


def fits(invitation: Invitation, user: User) -> bool:
    """Whether this account may use it: the same address and the same role."""
    return is_for(invitation, user) and user.role == invitation.role


def _use(token: str) -> Invitation:
    now = timezone.now()
    invitations = Invitation.objects.filter(token_hash=digest_of(token))
    if not invitations.filter(used_at=None, revoked_at=None, expires_at__gt=now).update(
        used_at=now
    ):
        raise InvitationEnded
    return invitations.select_related("program", "group", "ward__group", "ward__user").get()


def _join(invitation: Invitation, user: User, *, alias: str, pronouns: str) -> Membership | None:
    if invitation.group is None:
        return None
    return add_member(
        group=invitation.group,
        user=user,
        role=SeatRole(invitation.seat_role),
        alias=alias,
        pronouns=pronouns,
    )


def _stand_for_ward(invitation: Invitation, user: User) -> None:
    if invitation.ward is not None:
        scope = GuardianScope(invitation.guardian_scope)
        link_guardian(ward=invitation.ward, guardian=user, scope=scope)


def _withdraw_earlier(program: Program, group: Group | None, address: str) -> None:
    """Part of the new invitation's act: the token that counts is always the newest."""
    Invitation.objects.filter(
        program=program,
        group=group,
        address_index=blind_index.digest("groups.invitation.address", address),
        used_at=None,
        revoked_at=None,
    ).update(revoked_at=timezone.now())


def _refuse_when_promised(group: Group) -> None:
    """Places taken and places promised together; the row's lock makes two hosts wait."""
    group = Group.objects.select_for_update().get(pk=group.pk)
    taken = group.memberships.exclude(state__in=ENDED_STATES).count()
    promised = group.invitations.filter(
        used_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).count()
    if taken + promised >= group.capacity:
        raise GroupFull
