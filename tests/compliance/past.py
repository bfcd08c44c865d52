"""The cast in two groups of one programme, and a log that begins a month ago."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.development.chronicle import Told, write
from config.development.month import Circle, Month, Somebody, somebody
from tests.cast import ADA, ANA, BEN, CLEO, MAX, THEA, TOM, Visit, group_of, member_of, staff

# A Wednesday noon on the programme's clocks; in the past, as everything here.
NOON = datetime(2026, 3, 11, 12, tzinfo=ZoneInfo("America/New_York"))


@dataclass(frozen=True, slots=True)
class Past:
    visits: dict[str, Visit]
    people: dict[str, Somebody]
    circle: Circle
    other: Circle

    def __getitem__(self, name: str) -> Somebody:
        return self.people[name]

    def month(self, until: datetime = NOON) -> Month:
        circles = (self.circle, self.other)
        return Month(circles, self["ada"], self["max"], until)

    def happened(self, *stories: list[Told]) -> int:
        return write(one for story in stories for one in story)


def make_past() -> Past:
    thea, tom = staff(THEA), staff(TOM)
    group, second = group_of(thea), group_of(tom, name="Morning circle")
    visits = {"thea": thea, "tom": tom, "max": staff(MAX), "ada": staff(ADA)}
    visits["ana"] = member_of(group, ANA, invited_by=thea)
    visits["ben"] = member_of(group, BEN, invited_by=thea)
    visits["cleo"] = member_of(second, CLEO, invited_by=tom)
    people = {name: somebody(visit.user, n) for n, (name, visit) in enumerate(visits.items(), 10)}
    return Past(
        visits,
        people,
        Circle(group, people["thea"], (people["ana"], people["ben"]), 3, time(18)),
        Circle(second, people["tom"], (people["cleo"],), 1, time(9, 30)),
    )


def days_ago(days: int, hour: int = 12) -> datetime:
    """So long before now, at that hour on the programme's clocks."""
    moment = datetime.now(UTC).astimezone(NOON.tzinfo) - timedelta(days=days)
    return moment.replace(hour=hour, minute=0, second=0, microsecond=0)
