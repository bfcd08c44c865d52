"""Two groups in one programme, a second programme, and one object of each kind in each group."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.models import Role, TotpDevice, User
from accounts.services.factor_resets import request_factor_reset
from audit.context import acting_as_system
from compliance.models import Alert, Review, ReviewItem
from compliance.services.requests import make_request
from compliance.states import Detector, RequestKind, ReviewKind
from config.development.walk import come_in
from consent.kinds import DocumentKind
from consent.models import Signature
from consent.services import ask_question, make_proposal
from groups import queries as groups
from groups.models import Group, GuardianLink, Program
from groups.services import correct_birth_date, create_program, invite, remove_membership
from groups.states import SeatRole
from office.models import Export
from office.services import begin_template, keep_clause
from office.states import ExportKind, ExportReason, ExportState
from sessions_app import queries, services
from sessions_app.models import Session
from sessions_app.states import SeatMode
from tests.cast import (
    ADA,
    ANA,
    BEN,
    CLEO,
    MALLORY,
    MAX,
    PASSWORD,
    THEA,
    TOM,
    Person,
    Visit,
    group_of,
    member_of,
    staff,
)

MINOR_BORN = timezone.now().date() - timedelta(days=16 * 365)
OLGA = replace(ADA, name="olga", true_name="Olga Reyes")
NORA = replace(CLEO, name="nora", true_name="Nora Whitfield", alias="Nora")


GINA = Person("gina", "Gina Ferreira", "guardian")
GIL = Person("gil", "Gil Lindqvist", "guardian")


@dataclass(frozen=True, slots=True)
class Place:
    """One group and what a URL can name in it; `owner` is the member whose things they are."""

    group: Group
    host: Visit
    owner: Visit
    other_member: Visit
    session: Session
    names: dict[str, UUID]


@dataclass(frozen=True, slots=True)
class World:
    people: dict[str, Visit]
    circle: Place
    other: Place

    @property
    def places(self) -> dict[str, Place]:
        return {"circle": self.circle, "other": self.other}


def make_world() -> World:
    thea, tom = staff(THEA), staff(TOM)
    circle, other = group_of(thea), group_of(tom, name="Morning circle")
    ana, ben = (member_of(circle, person, invited_by=thea) for person in (ANA, BEN))
    cleo, nora = (member_of(other, person, invited_by=tom) for person in (CLEO, NORA))
    people = {
        "ana": ana,
        "ben": ben,
        "cleo": cleo,
        "thea": thea,
        "tom": tom,
        "max": staff(MAX),
        "ada": staff(ADA),
        "mallory": entitled_to_nothing(other, tom),
        "olga": admin_elsewhere(),
    }
    places = place(circle, thea, ana, ben), place(other, tom, cleo, nora)
    people["gina"] = guardian_of(places[0], GINA)
    guardian_of(places[1], GIL)
    return World(people, *places)


def guardian_of(place: Place, person: Person) -> Visit:
    """The owner is a minor, and this adult signs for them."""
    ward = place.owner.membership
    assert ward is not None
    with place.host.acting():
        correct_birth_date(membership=ward, born=MINOR_BORN)
    visit = come_in(
        person,
        password=PASSWORD,
        program=place.group.program,
        invited_by=place.host.user,
        ward=ward,
    )
    place.names["link"] = GuardianLink.objects.get(ward=ward).pk
    return visit


def admin_elsewhere() -> Visit:
    """The admin of a second programme on the same server."""
    with acting_as_system("tests"):
        program: Program = create_program(name="Lakeside", timezone="UTC")
    return come_in(OLGA, password=PASSWORD, program=program, invited_by=None)


def entitled_to_nothing(group: Group, host: Visit) -> Visit:
    """She came in by an invitation, signed nothing and was removed."""
    mallory = member_of(group, MALLORY, invited_by=host, has_signed=False)
    assert mallory.membership is not None
    with host.acting():
        remove_membership(membership=mallory.membership, reason="test")
    return mallory


def place(group: Group, host: Visit, owner: Visit, other_member: Visit) -> Place:
    session = open_session(group, host)
    been_there(session, owner)
    return Place(group, host, owner, other_member, session, names_in(group, host, owner, session))


def open_session(group: Group, host: Visit) -> Session:
    opens_at = timezone.now() - timedelta(minutes=5)
    with host.acting():
        return services.schedule_session(
            group=group,
            by=host.user,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=1),
            timezone=group.timezone,
        )


def been_there(session: Session, visit: Visit) -> None:
    """The owner waited and left again, so that there is something to look back on."""
    membership = groups.membership_of(visit.user, session.group_id)
    assert membership is not None
    with visit.acting():
        prejoin = services.begin_attempt(user=visit.user, session=session)
        services.acknowledge_reminder(prejoin=prejoin)
        services.attest_environment(prejoin=prejoin, answers={"alone": True})
        services.confirm_location(prejoin=prejoin, location="12 Elm Street", call_back="555")
        attempt = queries.attempt_of(session=session, membership=membership, sign_in=visit.sign_in)
        admission = services.enter_waiting_room(
            attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO
        )
        services.leave(admission=admission)


def names_in(group: Group, host: Visit, owner: Visit, session: Session) -> dict[str, UUID]:
    """What stands in a route's place for an id, by the word that the rows use."""
    assert owner.membership is not None
    with host.acting():
        issued = invite(
            program=group.program,
            address=f"invited.{group.pk.hex}@example.org",
            role="participant",  # type: ignore[arg-type]  # the stored word
            invited_by=host.user,
            group=group,
            seat_role=SeatRole.MEMBER,
        )
    with owner.acting():
        reset = request_factor_reset(sign_in=owner.sign_in)
        signature = Signature.objects.get(user=owner.user)
        question = ask_question(version=signature.version, by=owner.user, text="Why?")
        asked = make_request(
            by=owner.user, program=group.program, kind=RequestKind.COPY, text="All of it"
        )
        kind, clause = DocumentKind.GROUND_RULES, "own_rules"
        proposal = make_proposal(
            group=group, by=owner.user, kind=kind, clause=clause, text="We begin on time."
        )
    return {
        "group": group.pk,
        "session": session.pk,
        "membership": owner.membership.pk,
        "invitation": issued.invitation.pk,
        "person": owner.user.pk,
        "sign_in": owner.sign_in.pk,
        "factor": TotpDevice.objects.get(user=owner.user).pk,
        "signature": signature.pk,
        "question": question.pk,
        "proposal": proposal.pk,
        "paper": signature.version_id,
        "reset": reset.pk,
        "request": asked.pk,
        "alert": alert_about(owner, group).pk,
        "review": review_about(owner, group).pk,
        **in_the_office(group),
    }


def in_the_office(group: Group) -> dict[str, UUID]:
    """A template, a wording and a file of the programme's admin; each group's have its own name."""
    admin = User.objects.get(role=Role.ADMIN, affiliation__program=group.program)
    name, kind = str(group.pk), DocumentKind.TELEHEALTH
    with acting_as_system("tests"):
        template = begin_template(program=group.program, kind=kind, name=name)
        clause = keep_clause(
            program=group.program, kind=kind, key="risks", name=name, text="Something may fail."
        )
    export = Export.objects.create(
        program=group.program,
        group=group,
        kind=ExportKind.NUMBERS,
        reason=ExportReason.REVIEW,
        state=ExportState.READY,
        asked_by=admin,
        file=b"group",
        expires_at=timezone.now() + timedelta(hours=1),
    )
    return {"template": template.pk, "clause": clause.pk, "export": export.pk}


def alert_about(owner: Visit, group: Group) -> Alert:
    now = timezone.now()
    return Alert.objects.create(
        program=group.program,
        detector=Detector.NEW_DEVICE,
        about=str(owner.user.ref),
        since=now,
        until=now,
        entries=[],
    )


def review_about(owner: Visit, group: Group) -> Review:
    """With one item, which asks about the owner."""
    now = timezone.now()
    review = Review.objects.create(
        program=group.program,
        kind=ReviewKind.ACCESS,
        since=now,
        until=now,
        due_at=now,
        population=1,
    )
    ReviewItem.objects.create(review=review, position=1, about=str(owner.user.ref))
    return review
