"""One person in one group: joining, becoming active, pausing, leaving and being removed.

Every change takes the row's lock first and asks `Membership.move_to`. A membership that ends or
pauses closes the person's sockets once it is committed; what the room does then is its own part.
"""

from django.db import IntegrityError, transaction

from accounts.models import Profile, User
from accounts.sockets import close_for
from audit.events import Event
from audit.services import act, record
from groups import aliases
from groups.errors import AliasRefused, GroupFull, LastHost, TransitionRefused
from groups.events import (
    AccommodationChanged,
    AliasChanged,
    ChoicesChanged,
    MemberActivated,
    MemberAdded,
    MemberDeparted,
    MemberReinstated,
    MemberRemoved,
    MemberSuspended,
)
from groups.models import Group, Membership, TakenAlias
from groups.notifications import tell_group
from groups.states import ENDED_STATES, HOST_ROLES, LIVE_STATES, MembershipState, SeatRole


@act(MemberAdded)
def add_member(
    *, group: Group, user: User, role: SeatRole, alias: str, pronouns: str = ""
) -> Membership:
    """Enrolled, with an alias that nobody else in this group ever had. A departed person comes
    back to where they were.

    Raises GroupFull, AliasRefused, TransitionRefused (a member already, or removed for good).
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    membership = _former_or_new(group, user)
    _refuse_when_full(group)
    membership.move_to(membership.state_when_live)
    membership.role = role
    _name(membership, user, alias=alias, pronouns=pronouns)
    membership.save()
    _take_alias(membership)
    record(MemberAdded(object=membership.ref, subject=user.ref, group=group.ref, reason=role))
    return membership


@act(MemberActivated)
def activate_membership(*, membership: Membership) -> Membership:
    """The papers of the group are signed; consent.services calls this."""
    membership = _locked(membership)
    membership.move_to(MembershipState.ACTIVE)
    membership.save()
    _record(MemberActivated, membership)
    return membership


@act(MemberSuspended)
def suspend_membership(*, membership: Membership, reason: str) -> Membership:
    """For this group only, until reinstated. `reason` is a code."""
    membership = _locked(membership)
    _refuse_last_host(membership)
    membership.move_to(MembershipState.SUSPENDED)
    membership.save()
    close_for(user=membership.user)
    _record(MemberSuspended, membership, reason=reason)
    return membership


@act(MemberReinstated)
def reinstate(*, membership: Membership, reason: str = "host") -> Membership:
    """Back to where the pause began: active if the papers had been signed, else enrolled."""
    membership = _locked(membership)
    if membership.state != MembershipState.SUSPENDED:
        raise TransitionRefused(f"{membership.state} is not suspended")
    membership.move_to(membership.state_when_live)
    membership.save()
    _record(MemberReinstated, membership, reason=reason)
    return membership


@act(MemberRemoved)
def remove_membership(*, membership: Membership, reason: str) -> Membership:
    """For good: no invitation brings a removed person back. `reason` is a code."""
    membership = _locked(membership)
    _end(membership, MembershipState.REMOVED)
    _record(MemberRemoved, membership, reason=reason)
    return membership


@act(MemberDeparted)
def leave_group(*, membership: Membership) -> Membership:
    """The person's own decision; a new invitation may bring them back."""
    membership = _locked(membership)
    _end(membership, MembershipState.DEPARTED)
    _record(MemberDeparted, membership)
    return membership


@act(AliasChanged)
def change_alias(*, membership: Membership, alias: str, pronouns: str) -> Membership:
    """The former alias stays taken by this person; open pages show the new one at once.

    Raises AliasRefused, PronounsRefused.
    """
    membership = _locked(membership)
    _name(membership, membership.user, alias=alias, pronouns=pronouns)
    membership.save()
    _take_alias(membership)
    tell_group(membership.group)
    _record(AliasChanged, membership)
    return membership


@act(ChoicesChanged)
def change_choices(
    *,
    membership: Membership,
    starts_with_camera: bool,
    hides_own_picture: bool,
    shares_attendance: bool,
) -> Membership:
    """The person's own: nobody else may call this for them."""
    membership = _locked(membership)
    membership.starts_with_camera = starts_with_camera
    membership.hides_own_picture = hides_own_picture
    membership.shares_attendance = shares_attendance
    membership.save(update_fields=["starts_with_camera", "hides_own_picture", "shares_attendance"])
    tell_group(membership.group)
    _record(ChoicesChanged, membership)
    return membership


@act(AccommodationChanged)
def excuse_from_camera(*, membership: Membership, excused: bool) -> Membership:
    """Agreed between the person and a host. No reason is asked, kept or shown."""
    membership = _locked(membership)
    membership.camera_excused = excused
    membership.save(update_fields=["camera_excused"])
    tell_group(membership.group)
    _record(AccommodationChanged, membership)
    return membership


def _locked(membership: Membership) -> Membership:
    rows = Membership.objects.select_related("group", "user").select_for_update(of=("self",))
    return rows.get(pk=membership.pk)


def _record(kind: type[Event], membership: Membership, *, reason: str = "") -> None:
    record(
        kind(
            object=membership.ref,
            subject=membership.user.ref,
            group=membership.group.ref,
            reason=reason,
        )
    )


def _former_or_new(group: Group, user: User) -> Membership:
    former = group.memberships.select_for_update().filter(user=user).first()
    return former or Membership(group=group, user=user)


def _name(membership: Membership, user: User, *, alias: str, pronouns: str) -> None:
    true_name = _true_name(user)
    membership.alias = aliases.check(alias, true_name=true_name, email=user.email)
    membership.pronouns = aliases.check_pronouns(pronouns, true_name=true_name)


def _true_name(user: User) -> str:
    profile = Profile.objects.filter(user=user).first()
    return profile.true_name if profile else ""


def _refuse_when_full(group: Group) -> None:
    if group.memberships.exclude(state__in=ENDED_STATES).count() >= group.capacity:
        raise GroupFull


def _take_alias(membership: Membership) -> None:
    key = aliases.same_alias_key(membership.group_id, membership.alias)
    try:
        with transaction.atomic():
            taken, _ = TakenAlias.objects.get_or_create(
                group=membership.group, alias_index=key, defaults={"membership": membership}
            )
    except IntegrityError as error:
        raise _taken() from error
    if taken.membership_id != membership.pk:
        raise _taken()


def _taken() -> AliasRefused:
    return AliasRefused(
        "This name cannot be used in this group. Choose another one, or add a letter.",
        code="taken",
    )


def _end(membership: Membership, state: MembershipState) -> None:
    _refuse_last_host(membership)
    membership.move_to(state)
    membership.save()
    close_for(user=membership.user)


def _refuse_last_host(membership: Membership) -> None:
    """The group's row is locked, so that two hosts cannot leave at the same moment."""
    if membership.role not in HOST_ROLES or not membership.is_live:
        return
    group = Group.objects.select_for_update().get(pk=membership.group_id)
    others = group.memberships.filter(role__in=HOST_ROLES, state__in=LIVE_STATES)
    if not others.exclude(pk=membership.pk).exists():
        raise LastHost
