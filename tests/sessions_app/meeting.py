"""One session of one group, and its people at any point of the way in.

Everybody walks through the services that pages use; no answer and no admission is written past
them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from accounts.browsers import Browser, KnownDevice
from accounts.services.sign_ins import begin_sign_in, open_with_code
from audit.context import acting_as_system
from consent import default_agreement
from consent.services import publish_version, save_draft
from groups import queries as groups
from groups.models import Group
from groups.services import set_passphrase
from groups.states import SeatRole
from sessions_app import queries, services
from sessions_app.gates import Attempt
from sessions_app.models import Admission, Session
from sessions_app.states import SeatMode
from tests.cast import ANA, BEN, THEA, Person, Visit, group_of, member_of, staff

PASSPHRASE = "maple-river-lantern-quiet"
PRIVATE = {"alone": True, "unseen": True, "still": True}


@dataclass(slots=True)
class Meeting:
    group: Group
    session: Session
    thea: Visit
    ana: Visit
    ben: Visit

    def now(self) -> Session:
        """The session as the database has it."""
        return Session.objects.select_related("group").get(pk=self.session.pk)

    def attempt(self, visit: Visit, *, at: datetime | None = None) -> Attempt:
        membership = groups.membership_of(visit.user, self.group.pk)
        assert membership is not None
        visit.sign_in.refresh_from_db()
        return queries.attempt_of(
            session=self.now(), membership=membership, sign_in=visit.sign_in, now=at
        )

    def answer(self, visit: Visit, *, alone: bool = True, passphrase: bool = True) -> Attempt:
        """Every gate that has a page."""
        with visit.acting():
            prejoin = services.begin_attempt(user=visit.user, session=self.now())
            services.acknowledge_reminder(prejoin=prejoin)
            services.attest_environment(prejoin=prejoin, answers={**PRIVATE, "alone": alone})
            services.attest_browser(prejoin=prejoin, sign_in=visit.sign_in)
            if visit is not self.thea:
                services.confirm_location(
                    prejoin=prejoin, location="12 Elm Street", call_back="555 0100"
                )
                if passphrase:
                    assert services.give_passphrase(prejoin=prejoin, candidate=PASSPHRASE)
        return self.attempt(visit)

    def wait(self, visit: Visit, connection: UUID | None = None) -> Admission:
        """In the waiting room."""
        attempt = self.answer(visit)
        with visit.acting():
            admission = services.arrive(
                attempt=attempt, connection=connection or uuid4(), mode=SeatMode.VIDEO
            )
        assert admission is not None
        return admission

    def open_doors(self, connection: UUID | None = None) -> Admission:
        attempt = self.answer(self.thea)
        with self.thea.acting():
            return services.open_doors(
                attempt=attempt, connection=connection or uuid4(), mode=SeatMode.VIDEO
            )

    def admit(self, admission: Admission) -> Admission:
        with self.hosting():
            return services.admit_participant(
                session=self.session, admission=admission.pk, by=self.thea.user
            )

    @contextmanager
    def hosting(self) -> Iterator[None]:
        with self.thea.acting():
            yield

    def publish_new_agreement(self) -> None:
        with self.hosting():
            save_draft(group=self.group, text=default_agreement.default_text() + "\n\nNew words.\n")
            publish_version(group=self.group, by=self.thea.user)


def make_meeting(*, opens_in: timedelta = timedelta(minutes=-5)) -> Meeting:
    """Thea's group with Ana and Ben, a passphrase, and a session that is open now."""
    thea = staff(THEA)
    group = group_of(thea)
    with thea.acting():
        group = set_passphrase(group=group, passphrase=PASSPHRASE)
        opens_at = timezone.now() + opens_in
        session = services.schedule_session(
            group=group,
            by=thea.user,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=1),
            timezone=group.timezone,
        )
    ana = member_of(group, ANA, invited_by=thea)
    ben = member_of(group, BEN, invited_by=thea)
    return Meeting(group, session, thea, ana, ben)


def one_more(meeting: Meeting, person: Person, role: SeatRole = SeatRole.MEMBER) -> Visit:
    return member_of(meeting.group, person, invited_by=meeting.thea, seat_role=role)


def second_device(visit: Visit) -> Visit:
    """The same person, signed in anew with a recovery code."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    browser = Browser(session=session, known=KnownDevice(), address="127.0.0.1", name="A phone")
    with visit.acting():
        sign_in = begin_sign_in(user=visit.user, browser=browser)
        code = visit.recovery_codes.pop()
        sign_in = open_with_code(sign_in=sign_in, code=code, browser=browser)
    session.save()
    return replace(visit, sign_in=sign_in, session=session)


@contextmanager
def by_itself() -> Iterator[None]:
    with acting_as_system("beat"):
        yield
