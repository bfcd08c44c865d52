"""A quiet month of a small programme, and the unusual things that each detector looks for.

Everything is made up: people of the cast come in, meet, read what they may, and go home.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.events import (
    AccessRefused,
    PasswordAccepted,
    SignedIn,
    SignedOut,
    SignInFailed,
)
from accounts.models import User
from audit.context import Origin
from audit.events import Event, Ref
from audit.log_events import LogExported
from compliance.events import AuditLogViewed
from config.development.chronicle import Told
from consent.events import PapersListed
from groups.events import (
    GroupViewed,
    InvitationLinkUsedByOther,
    MembershipViewed,
    PeopleListed,
    RosterViewed,
)
from groups.models import Group
from sessions_app.events import (
    AttemptBegun,
    DevicesChosen,
    DoorsOpened,
    EnvironmentAttested,
    HostSeated,
    LocationConfirmed,
    LocationOverridden,
    MediaJoined,
    ParticipantAdmitted,
    ParticipantLeft,
    PassphraseAccepted,
    PassphraseFailed,
    ReminderAcknowledged,
    SessionEnded,
    TodayShown,
    WaitingRoomEntered,
)
from sessions_app.models import Session
from sessions_app.states import SeatMode

MONTH = timedelta(days=30)
MEETING = timedelta(minutes=75)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person with the one browser and the one address they use in a quiet month."""

    user: User
    address: str
    device: str

    @property
    def origin(self) -> Origin:
        return Origin(
            actor=self.user.ref,
            actor_role=self.user.role,
            auth_strength="passkey",
            address=self.address,
            device=self.device,
        )

    def does(self, at: datetime, event: Event) -> Told:
        return Told(at, event, self.origin)


def somebody(user: User, number: int) -> Somebody:
    """Addresses from a block that is kept for documents."""
    return Somebody(user, f"198.51.100.{number}", _device(random.Random(number)))


def elsewhere(person: Somebody, number: int = 77) -> Somebody:
    """The same account in another network with another browser."""
    return replace(
        person, address=f"203.0.113.{number}", device=_device(random.Random(1000 + number))
    )


@dataclass(slots=True)
class Circle:
    """A group with its therapist, its members, and the evening of the week on which it meets."""

    group: Group
    host: Somebody
    members: tuple[Somebody, ...]
    weekday: int
    begins: time


@dataclass(slots=True)
class Month:
    """`until` is the first moment that is not told any more."""

    circles: tuple[Circle, ...]
    admin: Somebody
    officer: Somebody
    until: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.circles[0].group.timezone)

    def told(self) -> Iterator[Told]:
        last = self.until.astimezone(self.zone).date()
        for ago in range(int(MONTH.days), 0, -1):
            yield from self._day(last - timedelta(days=ago))

    def _day(self, day: date) -> Iterator[Told]:
        if day.weekday() < 5:
            for circle in self.circles:
                yield from self._office(circle, day)
        if day.weekday() == 0:
            yield from self._week(day)
        for circle in self.circles:
            if day.weekday() == circle.weekday:
                yield from self._meeting(circle, day)

    def _office(self, circle: Circle, day: date) -> Iterator[Told]:
        """A therapist's morning: signed in, the group's list, one or two records."""
        host, group = circle.host, circle.group.ref
        at = self._at(day, time(8, 40), within=50)
        yield from self._comes_in(host, at)
        yield host.does(at + timedelta(minutes=1), GroupViewed(group=group))
        yield host.does(at + timedelta(minutes=3), RosterViewed(group=group))
        for member in self.chance.sample(circle.members, k=min(2, len(circle.members))):
            at += timedelta(minutes=self.chance.randint(4, 25))
            yield host.does(at, MembershipViewed(subject=member.user.ref, group=group))
        yield host.does(at + timedelta(hours=3), SignedOut())

    def _week(self, day: date) -> Iterator[Told]:
        """What an admin and a compliance officer do on a Monday."""
        at = self._at(day, time(10), within=60)
        yield from self._comes_in(self.admin, at)
        yield self.admin.does(at + timedelta(minutes=4), PeopleListed())
        at = self._at(day, time(14), within=60)
        yield from self._comes_in(self.officer, at)
        for _ in range(4):
            at += timedelta(minutes=self.chance.randint(2, 9))
            yield self.officer.does(at, AuditLogViewed(entries=50))

    def _meeting(self, circle: Circle, day: date) -> Iterator[Told]:
        begins = datetime.combine(day, circle.begins, self.zone)
        session = past_session(circle, begins).ref
        group = circle.group.ref
        host = circle.host
        early = begins - timedelta(minutes=12)
        yield from self._comes_in(host, early)
        yield host.does(begins - timedelta(minutes=6), DoorsOpened(session=session, group=group))
        yield host.does(begins - timedelta(minutes=6), HostSeated(session=session, group=group))
        for member in circle.members:
            at = begins - timedelta(minutes=self.chance.randint(1, 9))
            yield from self._on_the_way(member, at, session, group)
            admitted = ParticipantAdmitted(subject=member.user.ref, session=session, group=group)
            yield host.does(begins + timedelta(seconds=self.chance.randint(5, 90)), admitted)
            connected = begins + timedelta(seconds=95)
            yield member.does(connected, MediaJoined(session=session, group=group))
            leaves = begins + MEETING - timedelta(seconds=self.chance.randint(1, 40))
            yield member.does(leaves, ParticipantLeft(session=session, group=group))
        yield host.does(begins + MEETING, SessionEnded(session=session, group=group, reason="host"))

    def _on_the_way(
        self, member: Somebody, at: datetime, session: Ref, group: Ref
    ) -> Iterator[Told]:
        yield from self._comes_in(member, at - timedelta(minutes=4))
        steps: list[Event] = [
            AttemptBegun(session=session, group=group),
            ReminderAcknowledged(session=session, group=group),
            EnvironmentAttested(session=session, group=group, private=True),
            LocationConfirmed(session=session, group=group),
            DevicesChosen(session=session, group=group, mode=SeatMode.VIDEO),
        ]
        if self.chance.random() < 0.2:
            steps.append(PassphraseFailed(session=session, group=group))
        steps += [
            PassphraseAccepted(session=session, group=group),
            WaitingRoomEntered(session=session, group=group),
        ]
        for place, event in enumerate(steps):
            yield member.does(at + timedelta(seconds=9 * place), event)

    def _comes_in(self, person: Somebody, at: datetime) -> Iterator[Told]:
        if self.chance.random() < 0.08:
            failed = SignInFailed(subject=person.user.ref)
            yield Told(at - timedelta(seconds=20), failed, visitor(person))
        yield Told(at, PasswordAccepted(subject=person.user.ref), person.origin)
        yield person.does(at + timedelta(seconds=6), SignedIn())
        yield person.does(at + timedelta(seconds=7), TodayShown())
        if self.chance.random() < 0.15:
            yield person.does(at + timedelta(seconds=40), PapersListed())

    def _at(self, day: date, begin: time, *, within: int) -> datetime:
        moment = datetime.combine(day, begin, self.zone)
        return moment + timedelta(minutes=self.chance.randint(0, within))


def past_session(circle: Circle, begins: datetime) -> Session:
    """It has ended; the services only plan what is to come."""
    found, _ = Session.objects.get_or_create(
        group=circle.group,
        opens_at=begins,
        defaults={
            "scheduled_by": circle.host.user,
            "closes_at": begins + MEETING,
            "timezone": circle.group.timezone,
            "state": "ended",
            "doors_opened_at": begins - timedelta(minutes=6),
            "ended_at": begins + MEETING,
        },
    )
    return found


def visitor(person: Somebody) -> Origin:
    return Origin(actor=None, actor_role="visitor", address=person.address, device=person.device)


# What each detector is there for. Every one begins at `at` and takes less than an hour.


def a_new_device(person: Somebody, at: datetime) -> list[Told]:
    usual = [person.does(at - timedelta(days=2), SignedIn())]
    return [*usual, elsewhere(person).does(at, SignedIn())]


def two_places(person: Somebody, at: datetime) -> list[Told]:
    there = elsewhere(person)
    doers = (person, there, person)
    return [one.does(at + timedelta(minutes=4 * n), TodayShown()) for n, one in enumerate(doers)]


def failures(person: Somebody, at: datetime) -> list[Told]:
    guess = SignInFailed(subject=person.user.ref)
    origin = visitor(elsewhere(person))
    return [Told(at + timedelta(seconds=20 * n), guess, origin) for n in range(14)]


def a_night_of_reading(host: Somebody, member: Somebody, group: Ref, night: datetime) -> list[Told]:
    seen = MembershipViewed(subject=member.user.ref, group=group)
    return [host.does(night + timedelta(minutes=6 * n), seen) for n in range(4)]


def many_views(host: Somebody, at: datetime, people: int = 30) -> list[Told]:
    numbers = range(people)
    views = [MembershipViewed(subject=Ref("user", UUID(int=4 << 76 | n))) for n in numbers]
    return [host.does(at + timedelta(seconds=40 * n), view) for n, view in enumerate(views)]


def a_link_of_another(person: Somebody, at: datetime) -> list[Told]:
    return [person.does(at, InvitationLinkUsedByOther())]


def denials(person: Somebody, at: datetime) -> list[Told]:
    refused = AccessRefused(subject=person.user.ref, reason="role")
    return [person.does(at + timedelta(minutes=n), refused) for n in range(9)]


def outside_care(host: Somebody, stranger: Somebody, at: datetime) -> list[Told]:
    return [host.does(at, MembershipViewed(subject=stranger.user.ref))]


def an_export(person: Somebody, at: datetime) -> list[Told]:
    return [person.does(at, LogExported(object=Ref("bundle", "0" * 64), first=0, count=900))]


def a_location_let_pass(
    host: Somebody, member: Somebody, session: Session, at: datetime
) -> list[Told]:
    passed = LocationOverridden(
        subject=member.user.ref,
        session=session.ref,
        group=session.group.ref,
        reason="told_by_phone",
    )
    return [host.does(at, passed)]


def _device(chance: random.Random) -> str:
    return "".join(chance.choices(LETTERS, k=22))
