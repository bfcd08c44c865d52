"""The session's key group as the server may know it: who has a leaf, who is ready, what is next."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from sessions_app.models import (
    Admission,
    KeyCommit,
    KeyGroup,
    KeyMember,
    KeyPackage,
    Session,
)
from sessions_app.states import LIVE, SEATED, words

# One reading takes no more: the rest follows when these have been acknowledged.
COMMITS_AT_ONCE = 32


def current_group(session_id: UUID) -> KeyGroup | None:
    return KeyGroup.objects.filter(session_id=session_id, replaced_at=None).first()


def leaves(group: KeyGroup) -> QuerySet[KeyMember]:
    """Everybody who has a leaf now, whether they still sit or a host has yet to remove them."""
    return KeyMember.objects.filter(group=group, left_epoch=None).select_related("admission")


def leaf_of(group: KeyGroup | None, admission_id: UUID) -> KeyMember | None:
    return leaves(group).filter(admission_id=admission_id).first() if group else None


def commits_from(group: KeyGroup, epoch: int) -> list[KeyCommit]:
    found = group.commits.filter(epoch__gte=epoch, epoch__lt=group.epoch)
    return list(found[:COMMITS_AT_ONCE])


def unused_packages(session_id: UUID) -> QuerySet[KeyPackage]:
    return KeyPackage.objects.filter(
        admission__session_id=session_id, admission__state__in=words(LIVE), is_used=False
    ).select_related("admission")


def key_state(session_id: UUID) -> "KeyState | None":
    """None before a host has founded the first group."""
    group = current_group(session_id)
    if group is None:
        return None
    here = leaves(group).select_related("admission__seat")
    return KeyState(group, {leaf.admission_id: leaf for leaf in here})


@dataclass(frozen=True, slots=True)
class KeyState:
    """The present group and its leaves by visit, read at one moment."""

    group: KeyGroup
    leaves: dict[UUID, KeyMember]

    @property
    def everybody_is_ready(self) -> bool:
        """All who sit, are connected and could open the epoch before can open the present one.

        For those whom it added nobody waits: what is sealed under the former epoch is closed to
        them anyway.
        """
        epoch = self.group.epoch
        here = (leaf for leaf in self._seated if leaf.admission.connection is not None)
        return all((leaf.ready_epoch or -1) >= epoch for leaf in here if leaf.joined_epoch < epoch)

    def sources_of(self, admission: Admission) -> frozenset[int] | None:
        """The seats that this one may receive now; None while it is not ready itself.

        A source counts once it is ready and has switched to an epoch that the viewer can open.
        """
        own = self.leaves.get(admission.pk)
        if own is None or not own.admission.is_seated or not own.is_ready_on(admission.connection):
            return None
        others = (leaf for leaf in self._seated if leaf is not own and _is_open_to(own, leaf))
        return frozenset(leaf.admission.seat.number for leaf in others)

    @property
    def _seated(self) -> list[KeyMember]:
        return [leaf for leaf in self.leaves.values() if leaf.admission.is_seated]


def _is_open_to(viewer: KeyMember, source: KeyMember) -> bool:
    switched = source.switched_epoch
    is_here = source.is_ready_on(source.admission.connection)
    return is_here and switched is not None and switched >= viewer.joined_epoch


def seated_without_leaf(group: KeyGroup, admission_id: UUID) -> Admission | None:
    """Whom a commit may add: somebody who sits in this session and has no leaf."""
    if leaf_of(group, admission_id) is not None:
        return None
    return Admission.objects.filter(
        pk=admission_id, session_id=group.session_id, state__in=words(SEATED)
    ).first()


def is_without_leaf(admission: Admission, session: Session) -> bool:
    """Let in by a host whose browser has not added them yet."""
    return session.is_end_to_end and leaf_of(current_group(session.pk), admission.pk) is None
