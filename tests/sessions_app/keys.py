"""The browsers' part of the delivery service, with bytes that mean nothing: the server is blind."""

from collections.abc import Iterable
from uuid import UUID

from groups.models import Group
from sessions_app import services
from sessions_app.models import Admission, KeyGroup
from tests.cast import Visit
from tests.sessions_app.meeting import Meeting

PACKAGE = b"package of nobody"
COMMIT = b"commit that nobody can read"
WELCOME = b"welcome that only one can read"


def require_end_to_end(meeting: Meeting) -> None:
    """As the group's rule says before the doors open."""
    Group.objects.filter(pk=meeting.group.pk).update(require_e2ee=True)
    meeting.group.refresh_from_db()


def found(meeting: Meeting, instead_of: UUID | None = None) -> KeyGroup:
    with meeting.hosting():
        return services.found_key_group(
            session=meeting.session, by=meeting.thea.user, instead_of=instead_of
        )


def let_in(meeting: Meeting, visit: Visit, *, package: bytes = PACKAGE) -> Admission:
    """Waits, offers a key package and is admitted: a seat without a key yet."""
    admission = meeting.admit(meeting.wait(visit))
    services.offer_key_package(admission=admission, package=package)
    return admission


def commit(
    by: Visit,
    admission: Admission,
    group: KeyGroup,
    epoch: int,
    *,
    added: Iterable[Admission] = (),
    removed: Iterable[Admission] = (),
    data: bytes = COMMIT,
) -> KeyGroup:
    newcomers = [one.pk for one in added]
    with by.acting():
        return services.commit_keys(
            admission=admission,
            by=by.user,
            group=group.pk,
            epoch=epoch,
            commit=data,
            welcome=WELCOME if newcomers else b"",
            added=newcomers,
            removed=[one.pk for one in removed],
        )


def let_in_a_commit_ago(meeting: Meeting) -> tuple[KeyGroup, Admission]:
    """Ana has her leaf, and there was one commit since."""
    thea = meeting.open_doors()
    group = found(meeting)
    ana = let_in(meeting, meeting.ana)
    commit(meeting.thea, thea, group, 0, added=[ana])
    return commit(meeting.thea, thea, group, 1), ana
