"""Reads. Every list of groups starts from `visible_to`; MUST NOT return what a 404 would hide."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Role, User
from accounts.models.people import email_digest
from groups import ages
from groups.invitation_tokens import digest_of
from groups.models import (
    Affiliation,
    Group,
    GuardianLink,
    Invitation,
    Membership,
    Program,
)
from groups.states import ENDED_STATES, HOST_ROLES, LIVE_STATES, GuardianScope, SeatRole


def program_of(user: User) -> Program | None:
    found = Affiliation.objects.select_related("program").filter(user=user).first()
    return found.program if found else None


def visible_to(user: User) -> QuerySet[Group]:
    """An admin sees the programme's groups, everybody else those of a live membership."""
    groups = Group.objects.filter(archived_at=None).select_related("program")
    if user.role == Role.ADMIN:
        return groups.filter(program__affiliations__user=user).order_by("created_at")
    if user.role in (Role.THERAPIST, Role.PARTICIPANT):
        mine = Membership.objects.filter(user=user, state__in=LIVE_STATES)
        return groups.filter(pk__in=mine.values("group_id")).order_by("created_at")
    return groups.none()


def memberships_of(user: User) -> QuerySet[Membership]:
    """The person's own memberships that have not ended, paused ones included."""
    return (
        Membership.objects.filter(user=user, group__archived_at=None)
        .exclude(state__in=ENDED_STATES)
        .select_related("user", "group", "group__program")
        .order_by("created_at")
    )


def membership_of(user: User, group_id: UUID) -> Membership | None:
    """Not ended, perhaps suspended: ask `is_live` and `is_host` before anything opens."""
    return memberships_of(user).filter(group_id=group_id).first()


def hosting_of(user: User, group_id: UUID) -> QuerySet[Membership]:
    """The membership by which this person moderates the group now: what `is_host` says, as rows."""
    return memberships_of(user).filter(
        group_id=group_id, role__in=HOST_ROLES, state__in=LIVE_STATES
    )


def hosts_of(group: Group) -> QuerySet[Membership]:
    """Who may moderate now: hosts and co-hosts with a live membership and an open account."""
    return roster_of(group).filter(
        role__in=HOST_ROLES, state__in=LIVE_STATES, user__suspended_at=None
    )


def roster_of(group: Group) -> QuerySet[Membership]:
    """Everybody whose membership has not ended, hosts first. Holds true names: hosts only."""
    return (
        group.memberships.exclude(state__in=ENDED_STATES)
        .select_related("user", "user__profile", "group")
        .order_by("role", "created_at")
    )


def invitation_by_token(token: str) -> Invitation | None:
    return (
        Invitation.objects.select_related("program", "group", "invited_by")
        .filter(token_hash=digest_of(token))
        .first()
    )


def has_account(invitation: Invitation) -> bool:
    """Only for whoever holds the open token, which went to this address alone."""
    return User.objects.filter(email_index=email_digest(invitation.address)).exists()


def open_invitations(program: Program) -> QuerySet[Invitation]:
    return program.invitations.filter(
        used_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).order_by("created_at")


def people_of(program: Program) -> QuerySet[User]:
    """Everybody who belongs to the programme. Holds true names: admins only."""
    return (
        User.objects.filter(affiliation__program=program)
        .select_related("profile")
        .order_by("role", "created_at")
    )


def guardians_of(ward: Membership) -> QuerySet[GuardianLink]:
    """Who stands for this member now. Holds true names: hosts only."""
    links = ward.guardian_links.filter(ended_at=None)
    return links.select_related("guardian__profile", "ward__group").order_by("created_at")


def wards_of(guardian: User) -> QuerySet[GuardianLink]:
    """The minors for whom this person stands now, in groups to which they still belong."""
    return (
        GuardianLink.objects.filter(
            guardian=guardian,
            ended_at=None,
            ward__state__in=LIVE_STATES,
            ward__group__archived_at=None,
        )
        .select_related("ward__group", "ward__user__profile")
        .order_by("created_at")
    )


def is_minor(membership: Membership) -> bool:
    """On the clocks of the group, now."""
    born = membership.user.profile.born_on
    return membership.role == SeatRole.MEMBER and ages.is_minor(
        membership.group, born, timezone.now()
    )


def minors_of(group: Group, now: datetime) -> frozenset[UUID]:
    """Members who need a guardian's signature beside their own. One query; reads birth dates."""
    told = Membership.objects.filter(group=group, user__profile__birth_date__isnull=False)
    told = told.exclude(state__in=ENDED_STATES).select_related("user__profile")
    return minors_among(told, group, now)


def minors_among(members: Iterable[Membership], group: Group, now: datetime) -> frozenset[UUID]:
    """The same for memberships that were read with their profiles."""
    return frozenset(
        member.user_id
        for member in members
        if member.role == SeatRole.MEMBER and ages.is_minor(group, member.user.profile.born_on, now)
    )


def links_that_sign(group: Group) -> QuerySet[GuardianLink]:
    """Guardians who may sign now for somebody who belongs to the group."""
    return GuardianLink.objects.filter(
        ward__group=group,
        ward__state__in=LIVE_STATES,
        ended_at=None,
        scope=GuardianScope.SIGN,
    ).select_related("guardian", "ward")


def signing_links(group: Group) -> frozenset[tuple[UUID, UUID]]:
    """(guardian, minor) for whom a signature counts now."""
    links = GuardianLink.objects.filter(ward__group=group, ended_at=None, scope=GuardianScope.SIGN)
    return frozenset(links.values_list("guardian_id", "ward__user_id"))
