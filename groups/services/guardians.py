"""Ages, and who stands for a minor. No service here gives a guardian a place in a group."""

from datetime import date

from django.utils import timezone

from accounts.models import Role, User
from audit.services import act, record
from groups import ages
from groups.errors import AgeOutside, AgesRefused, GuardianRefused
from groups.events import AgesSet, BirthDateCorrected, GuardianLinked, GuardianUnlinked
from groups.models import Group, GuardianLink, Membership
from groups.notifications import tell_group
from groups.states import LIVE_STATES, GuardianScope, SeatRole


@act(AgesSet)
def set_ages(*, group: Group, youngest: int | None, oldest: int | None, adult_from: int) -> Group:
    """Raises AgesRefused while a member of a known age would be outside."""
    group = Group.objects.select_for_update().get(pk=group.pk)
    group.youngest, group.oldest, group.adult_from = youngest, oldest, adult_from
    members = group.memberships.filter(role=SeatRole.MEMBER, state__in=LIVE_STATES)
    now = timezone.now()
    for membership in members.select_related("user__profile"):
        born = membership.user.profile.born_on
        if born is not None and not ages.fits(group, born, now):
            raise AgesRefused
    group.save(update_fields=["youngest", "oldest", "adult_from"])
    tell_group(group)
    record(AgesSet(object=group.ref, group=group.ref))
    return group


def take_birth_date(*, group: Group, user: User, born: date | None) -> None:
    """Part of joining: what is on file counts, and what is told is kept. Raises AgeOutside."""
    profile = user.profile
    if profile.born_on is None and born is not None and group.is_age_bound:
        profile.birth_date = born.isoformat()
        profile.save(update_fields=["birth_date"])
    if not ages.fits(group, profile.born_on, timezone.now()):
        raise AgeOutside


@act(BirthDateCorrected)
def correct_birth_date(*, membership: Membership, born: date) -> None:
    """By a host, who knows the person. Raises AgeOutside."""
    group = membership.group
    if membership.role == SeatRole.MEMBER and not ages.fits(group, born, membership.created_at):
        raise AgeOutside
    profile = membership.user.profile
    profile.birth_date = born.isoformat()
    profile.save(update_fields=["birth_date"])
    tell_group(group)
    record(BirthDateCorrected(object=membership.ref, subject=membership.user.ref, group=group.ref))


@act(GuardianLinked)
def link_guardian(*, ward: Membership, guardian: User, scope: GuardianScope) -> GuardianLink:
    """A guardian's account is one of that role alone. A second link of the same two replaces the
    first. Raises GuardianRefused."""
    if guardian.role != Role.GUARDIAN or ward.role != SeatRole.MEMBER:
        raise GuardianRefused
    now = timezone.now()
    ward.guardian_links.filter(guardian=guardian, ended_at=None).update(ended_at=now)
    link = GuardianLink.objects.create(ward=ward, guardian=guardian, scope=scope)
    tell_group(ward.group)
    record(
        GuardianLinked(object=link.ref, subject=ward.user.ref, group=ward.group.ref, reason=scope)
    )
    return link


@act(GuardianUnlinked)
def end_guardian(*, link: GuardianLink) -> GuardianLink:
    """What the guardian signed stays and counts no more: the door asks for another's signature."""
    link = (
        GuardianLink.objects.select_for_update(of=("self",))
        .select_related("ward__group", "ward__user")
        .get(pk=link.pk)
    )
    link.ended_at = link.ended_at or timezone.now()
    link.save(update_fields=["ended_at"])
    tell_group(link.ward.group)
    record(GuardianUnlinked(object=link.ref, subject=link.ward.user.ref, group=link.ward.group.ref))
    return link
