"""The delivery service: the order of a key group's commits, and who has said what about them.

Blind: bytes come in and go out. MUST NOT open, log or audit them, and MUST NOT outlive the session:
`forget_keys` is part of its end. Browsers check signatures and who may commit; here hosts are asked
for their role once more, so that noise from members costs nobody else anything.
"""

from base64 import b64encode
from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from sessions_app import notify, queries
from sessions_app.errors import CommitRefused, KeysRefused, NoSuchAdmission
from sessions_app.events import KeyEpochBegun, KeyGroupFounded, ParticipantNotAdded
from sessions_app.models import Admission, KeyCommit, KeyGroup, KeyMember, KeyPackage, Session
from sessions_app.models.seating import NOT_ADDED
from sessions_app.services.about import about_admission, about_session
from sessions_app.services.absence import wait_again
from sessions_app.services.rows import host_admission, locked_admission, locked_session
from sessions_app.states import AdmissionState

# A page offers one when it opens, after a return and after a loss; more is no browser of ours.
MAX_UPLOADS = 50
MAX_EPOCHS = 10_000


def offer_key_package(*, admission: Admission, package: bytes) -> None:
    """The newest replaces the one before, used or not."""
    text = b64encode(package).decode()
    known = KeyPackage.objects.filter(admission=admission).first()
    if known is None:
        KeyPackage.objects.create(admission=admission, user_id=admission.user_id, package=text)
    else:
        if known.uploads >= MAX_UPLOADS:
            raise KeysRefused("too_fast")
        known.package, known.is_used = text, False
        known.uploads += 1
        known.save()
    notify.keys_changed(admission.session_id)


@act(KeyGroupFounded)
def found_key_group(*, session: Session, by: User, instead_of: UUID | None) -> KeyGroup:
    """A new group of which this host is the only member. Whoever sits has to be added anew.

    Raises CommitRefused when another host was faster.
    """
    session = locked_session(session.pk)
    own = host_admission(session, by)
    current = queries.current_group(session.pk)
    if (current.pk if current else None) != instead_of:
        raise CommitRefused(current)
    if current is not None:
        current.replaced_at = timezone.now()
        current.save(update_fields=["replaced_at"])
        _forget_bytes(current)
    group = KeyGroup.objects.create(session=session)
    KeyMember.objects.create(group=group, admission=own, joined_epoch=0)
    notify.keys_changed(session.pk)
    record(KeyGroupFounded(**about_session(session)))
    return group


@act(KeyEpochBegun)
def commit_keys(
    *,
    admission: Admission,
    by: User,
    group: UUID,
    epoch: int,
    commit: bytes,
    welcome: bytes,
    added: Collection[UUID],
    removed: Collection[UUID],
) -> KeyGroup:
    """The first commit of an epoch wins. Raises CommitRefused for every later one.

    MUST NOT let anybody but a host add or remove, nor a host add whom no host has let in.
    """
    session = locked_session(admission.session_id)
    if added or removed:
        host_admission(session, by)
    current = queries.current_group(session.pk)
    own = queries.leaf_of(current, admission.pk)
    if current is None or current.pk != group or own is None or current.epoch != epoch:
        raise CommitRefused(current)
    if epoch >= MAX_EPOCHS:
        raise KeysRefused("too_fast")
    KeyCommit.objects.create(group=current, epoch=epoch, commit=commit, by=own)
    current.epoch = epoch + 1
    current.save(update_fields=["epoch"])
    _end_leaves(current, removed)
    _add_leaves(current, added, welcome)
    notify.keys_changed(session.pk)
    record(
        KeyEpochBegun(
            **about_session(session), epoch=epoch + 1, added=len(added), removed=len(removed)
        )
    )
    return current


def note_ready(
    *, admission: Admission, connection: UUID, group: UUID, epoch: int, switched: bool
) -> None:
    """This page can open the epoch, and seals under it too if it has `switched`.

    The welcome has done its work.
    """
    said = {"ready_on": connection, "ready_epoch": epoch, "welcome": None}
    if switched:
        said["switched_epoch"] = epoch
    _note(admission, group, epoch, **said)


def note_switched(*, admission: Admission, group: UUID, epoch: int) -> None:
    _note(admission, group, epoch, switched_epoch=epoch)


@act(ParticipantNotAdded)
def return_without_leaf(*, admission: Admission) -> Admission:
    """Let in, but no host's browser added them in time: they wait again, and everybody is told."""
    session = locked_session(admission.session_id)
    admission = locked_admission(session, admission.pk)
    if admission.state != AdmissionState.ADMITTED or not queries.is_without_leaf(
        admission, session
    ):
        raise NoSuchAdmission("not_seated")
    again = wait_again(admission, reason=NOT_ADDED)
    notify.session_changed(session.pk)
    record(ParticipantNotAdded(**about_admission(admission)))
    return again


def forget_keys(session: Session) -> None:
    """Nothing of the keys outlives the session."""
    session.key_groups.all().delete()
    KeyPackage.objects.filter(admission__session=session).delete()


def _note(admission: Admission, group: UUID, epoch: int, **said: object) -> None:
    """What is said about another group or a coming epoch is late or wrong: it changes nothing."""
    own = KeyMember.objects.filter(
        admission=admission,
        left_epoch=None,
        joined_epoch__lte=epoch,
        group=group,
        group__replaced_at=None,
        group__epoch__gte=epoch,
    )
    if own.update(**said):
        notify.keys_changed(admission.session_id)


def _end_leaves(group: KeyGroup, removed: Collection[UUID]) -> None:
    if not removed:
        return
    ended = queries.leaves(group).filter(admission_id__in=removed)
    if ended.update(left_epoch=group.epoch, welcome=None) != len(set(removed)):
        raise CommitRefused(group)


def _add_leaves(group: KeyGroup, added: Iterable[UUID], welcome: bytes) -> None:
    for pk in added:
        seated = queries.seated_without_leaf(group, pk)
        used = KeyPackage.objects.filter(admission_id=pk, is_used=False).update(is_used=True)
        if seated is None or not used:
            raise CommitRefused(group)
        KeyMember.objects.create(
            group=group, admission=seated, joined_epoch=group.epoch, welcome=welcome
        )


def _forget_bytes(group: KeyGroup) -> None:
    group.commits.all().delete()
    group.members.update(welcome=None)
