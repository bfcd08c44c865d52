"""The demo's content: the cast, two groups with signed agreements, a session that is always open
and an invitation that waits for the visitor. Everything is made through services, and once.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from audit.context import acting_as_system
from compliance.services.training import attest_training
from compliance.training import MODULES
from config.development.cast import (
    ADA,
    ANA,
    BEN,
    CLEO,
    MALLORY,
    MAX,
    THEA,
    TOM,
    Person,
)
from config.development.home import Home
from config.development.paperwork import fill_office
from config.development.walk import Visit, come_in
from consent import default_agreement
from consent import queries as papers
from consent.lessons import LESSONS, Lesson
from consent.services import complete_lesson, publish_version, save_draft
from groups import passphrases
from groups.models import Group, Invitation, Program
from groups.services import create_group, create_program, invite, remove_membership, set_passphrase
from groups.states import SeatRole
from sessions_app.models import Session
from sessions_app.services import rehearse, schedule_session
from sessions_app.states import JOINABLE, RehearsalKind

ZONE = "America/New_York"
OPEN_FOR = timedelta(hours=3)
RENEW_BEFORE = timedelta(minutes=30)


@dataclass(slots=True)
class Seed:
    """One seeding. Each person is signed out at the end: the visitor signs in as anybody."""

    home: Home
    program: Program = field(init=False)
    visits: list[Visit] = field(default_factory=list)

    @transaction.atomic
    def run(self) -> None:
        with acting_as_system("seed"):
            self.program = create_program(name="Riverside", timezone=ZONE)
        ada = self._come_in(ADA, invited_by=None)
        self._come_in(MAX, invited_by=ada.user)
        circle = self._seed_group("Thursday circle", THEA, (ANA, BEN), invited_by=ada.user)
        group = self._seed_group("Morning circle", TOM, (CLEO,), invited_by=ada.user)
        self._seed_mallory(group)
        thea, tom = self._visit(THEA), self._visit(TOM)
        fill_office(admin=ada, thea=thea, tom=tom, circle=circle, other=group)
        for visit in self.visits:
            visit.sign_out()

    def _seed_group(
        self, name: str, host: Person, members: tuple[Person, ...], *, invited_by: User
    ) -> Group:
        therapist = self._come_in(host, invited_by=invited_by)
        group = self._make_group(name, therapist)
        for person in members:
            visit = self._come_in(
                person, invited_by=therapist.user, group=group, seat_role=SeatRole.MEMBER
            )
            visit.sign(group)
            self._learn(visit, () if person is BEN else LESSONS)
        return group

    def _learn(self, visit: Visit, lessons: tuple[Lesson, ...]) -> None:
        """Some have taken everything, some nothing: the therapist's page shows both."""
        with visit.acting():
            for lesson in lessons:
                complete_lesson(user=visit.user, lesson=lesson)
            for kind in RehearsalKind if lessons else ():
                rehearse(user=visit.user, kind=kind)

    def _make_group(self, name: str, therapist: Visit) -> Group:
        with therapist.acting():
            group = create_group(
                program=self.program,
                name=name,
                host=therapist.user,
                host_alias=therapist.person.alias,
                timezone=ZONE,
            )
            passphrase = passphrases.made()
            set_passphrase(group=group, passphrase=passphrase)
            self.home.keep({f"passphrase of {therapist.person.name}": passphrase})
            if papers.draft_of(group) is None:
                save_draft(group=group, text=default_agreement.default_text())
            publish_version(group=group, by=therapist.user)
        therapist.sign(group)
        with therapist.acting():
            for module in MODULES[: 3 if therapist.person is TOM else len(MODULES)]:
                attest_training(user=therapist.user, module=module)
        return group

    def _seed_mallory(self, group: Group) -> None:
        """An account without any group left: entitled to nothing."""
        tom = self._visit(TOM)
        mallory = self._come_in(
            MALLORY, invited_by=tom.user, group=group, seat_role=SeatRole.MEMBER
        )
        assert mallory.membership is not None
        with tom.acting():
            remove_membership(membership=mallory.membership, reason="host")

    def _visit(self, person: Person) -> Visit:
        return next(visit for visit in self.visits if visit.person is person)

    def _come_in(
        self,
        person: Person,
        *,
        invited_by: User | None,
        group: Group | None = None,
        seat_role: SeatRole | None = None,
    ) -> Visit:
        visit = come_in(
            person,
            password=self.home.password_of(person.name),
            program=self.program,
            invited_by=invited_by,
            group=group,
            seat_role=seat_role,
        )
        self.visits.append(visit)
        return visit


def is_seeded() -> bool:
    return Program.objects.exists()


def demo_group() -> Group:
    """Thea's group, where a session is always open."""
    return Group.objects.get(memberships__user=User.objects.get_by_email(THEA.email))


def keep_session_open() -> Session:
    """Somebody may try the demo at any hour: there is always a session to enter."""
    now = timezone.now()
    group = demo_group()
    usable = group.sessions.filter(
        state__in=JOINABLE, opens_at__lte=now, closes_at__gt=now + RENEW_BEFORE
    )
    found = usable.first()
    if found is not None:
        return found
    with acting_as_system("seed"):
        return schedule_session(
            group=group,
            by=User.objects.get_by_email(THEA.email),
            opens_at=now,
            closes_at=now + OPEN_FOR,
            timezone=ZONE,
        )


def visitor_invitation(home: Home) -> str:
    """The path of an invitation that nobody has used yet; a new one when it was."""
    known = home.secrets.get("invitation", "")
    known_id = home.secrets.get("invitation id", "")
    now = timezone.now()
    still_open = Invitation.objects.filter(used_at=None, revoked_at=None, expires_at__gt=now)
    if known and still_open.filter(pk=known_id).exists():
        return known
    number = int(home.secrets.get("visitors", "0")) + 1
    group = demo_group()
    with acting_as_system("seed"):
        issued = invite(
            program=group.program,
            address=f"visitor{number}@example.org",
            role=Role.PARTICIPANT,
            invited_by=User.objects.get_by_email(THEA.email),
            group=group,
            seat_role=SeatRole.MEMBER,
        )
    path = urlsplit(issued.link).path
    home.keep(
        {
            "invitation": path,
            "invitation id": str(issued.invitation.pk),
            "visitors": str(number),
        }
    )
    return path
