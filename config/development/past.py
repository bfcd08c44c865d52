"""The demo's past: a quiet month, two unusual things in it, and what waits on the desk.

Told once, right after the seed and before anything is sequenced.
"""

from datetime import time, timedelta
from itertools import chain

from django.utils import timezone

from accounts.models import User
from audit.context import acting_as_system
from compliance.sampling import CADENCES
from compliance.services.alerts import run_detectors
from compliance.services.reviews import open_review
from compliance.states import ReviewKind
from config.development import cast, month
from config.development.cast import Person
from config.development.chronicle import Told, write
from config.development.month import Circle, Month, Somebody
from groups.models import Group, Program

THURSDAY, TUESDAY = 3, 1


def tell_past() -> None:
    people = {
        person.name: month.somebody(User.objects.get_by_email(person.email), number)
        for number, person in enumerate(cast.EVERYBODY, start=10)
    }
    circles = (
        _circle(people, cast.THEA, (cast.ANA, cast.BEN), THURSDAY, time(18)),
        _circle(people, cast.TOM, (cast.CLEO,), TUESDAY, time(9, 30)),
    )
    quiet = Month(circles, people["ada"], people["max"], timezone.now())
    write(chain(quiet.told(), _unusual(quiet, circles[0], people)))
    with acting_as_system("seed"):
        run_detectors()
        for kind in (ReviewKind.LOG, ReviewKind.REFUSALS, ReviewKind.ACCESS):
            program = Program.objects.get()
            since = timezone.now() - CADENCES[kind].every
            open_review(program=program, kind=kind, since=since)


def _circle(
    people: dict[str, Somebody],
    host: Person,
    members: tuple[Person, ...],
    weekday: int,
    begins: time,
) -> Circle:
    therapist = people[host.name]
    group = Group.objects.get(memberships__user=therapist.user)
    return Circle(
        group, therapist, tuple(people[member.name] for member in members), weekday, begins
    )


def _unusual(quiet: Month, circle: Circle, people: dict[str, Somebody]) -> list[Told]:
    """Thea reads late one night, Tom has a new browser, and one location was let pass."""
    today = quiet.until.astimezone(quiet.zone)
    night = (today - timedelta(days=6)).replace(hour=23, minute=24)
    morning = (today - timedelta(days=2)).replace(hour=8, minute=51)
    evening = (today - timedelta(days=3)).replace(hour=18, minute=2)
    session = month.past_session(circle, evening)
    return [
        *month.a_night_of_reading(circle.host, circle.members[0], circle.group.ref, night),
        *month.a_new_device(people["tom"], morning)[1:],
        *month.a_location_let_pass(circle.host, circle.members[1], session, evening),
    ]
