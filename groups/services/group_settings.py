"""A group's creation, its rules and its passphrase."""

from django.utils import timezone as clock

from accounts.models import User
from audit.services import act, record
from groups import passphrases
from groups.errors import GroupFull
from groups.events import GroupCreated, GroupPolicyChanged, PassphraseRotated
from groups.models import Group, Program
from groups.services.memberships import add_member
from groups.states import ENDED_STATES, CameraPolicy, SeatRole


@act(GroupCreated)
def create_group(
    *,
    program: Program,
    name: str,
    host: User,
    host_alias: str,
    timezone: str,
    capacity: int = 10,
    camera_policy: CameraPolicy = CameraPolicy.OPTIONAL,
    require_e2ee: bool | None = None,
) -> Group:
    """A group with its therapist. It has no passphrase and no published agreement yet."""
    group = Group.objects.create(
        program=program,
        name=name.strip(),
        capacity=capacity,
        timezone=timezone,
        camera_policy=camera_policy,
    )
    if require_e2ee is not None:
        group.require_e2ee = require_e2ee
        group.save(update_fields=["require_e2ee"])
    add_member(group=group, user=host, role=SeatRole.HOST, alias=host_alias)
    record(GroupCreated(object=group.ref, subject=host.ref, group=group.ref))
    return group


@act(GroupPolicyChanged)
def change_policy(
    *,
    group: Group,
    name: str,
    capacity: int,
    timezone: str,
    camera_policy: CameraPolicy,
    require_e2ee: bool,
) -> Group:
    """Raises GroupFull when more people belong to the group than the new number of places.

    Sessions whose doors are open keep the encryption rule that they began with.
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    if group.memberships.exclude(state__in=ENDED_STATES).count() > capacity:
        raise GroupFull
    group.name = name.strip()
    group.capacity = capacity
    group.timezone = timezone
    group.camera_policy = camera_policy
    group.require_e2ee = require_e2ee
    group.save()
    record(GroupPolicyChanged(object=group.ref, group=group.ref))
    return group


@act(PassphraseRotated)
def set_passphrase(*, group: Group, passphrase: str) -> Group:
    """Answers to the former one are void: gates compare with `passphrase_rotated_at`.

    Raises ValidationError when it is too easy to guess.
    """
    passphrases.check_strength(passphrase)
    group = Group.objects.select_for_update().get(pk=group.pk)
    group.passphrase_hash = passphrases.hashed(passphrase)
    group.passphrase_rotated_at = clock.now()
    group.save(update_fields=["passphrase_hash", "passphrase_rotated_at"])
    record(PassphraseRotated(object=group.ref, group=group.ref))
    return group
