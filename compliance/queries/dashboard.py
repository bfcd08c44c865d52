"""What the desk shows first: four pictures, the state of the log, and what waits for a person."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from audit import queries as log
from audit.events import Outcome
from audit.monitoring import ages
from audit.queries import Entry, LogState, NewestAnchor
from compliance.models import Alert, PrivacyRequest, Review
from compliance.pictures import Count, Picture, picture
from compliance.queries.alerts import alerts_for, open_alerts
from compliance.queries.checks import newest_check
from compliance.queries.requests import open_requests
from compliance.queries.reviews import open_reviews, waiting_uses
from groups.models import Program

DAYS = 30
ACCESS_DAYS = 7
LISTED = 5


@dataclass(frozen=True, slots=True)
class Dashboard:
    pictures: list[Picture]
    log: LogState
    check: Entry | None
    anchor: NewestAnchor | None
    alarms: list[str]
    alerts: list[Alert]
    reviews: list[Review]
    uses: int
    requests: list[PrivacyRequest]


def dashboard(program: Program, *, now: datetime | None = None) -> Dashboard:
    now = now or timezone.now()
    zone = ZoneInfo(program.timezone)
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    return Dashboard(
        pictures=[_access(now, zone), _denials(days, zone), _alerts(days, zone, program)],
        log=log.log_state(),
        check=newest_check(),
        anchor=log.newest_anchor(),
        alarms=[alarm.words for alarm in ages().alarms()],
        alerts=list(open_alerts(program)[:LISTED]),
        reviews=list(open_reviews(program)[:LISTED]),
        uses=len(waiting_uses()),
        requests=list(open_requests(program)),
    )


def _access(now: datetime, zone: ZoneInfo) -> Picture:
    found = log.counts_by_hour(now - timedelta(days=ACCESS_DAYS), now, zone.key)
    hours = [
        Count(f"{hour:02}:00", f"{hour:02}" if hour % 3 == 0 else "", found.get(hour, 0))
        for hour in range(24)
    ]
    title = f"Entries by hour of the day, last {ACCESS_DAYS} days"
    return picture("access", title, "Hour", hours, when="at")


def _denials(days: list[date], zone: ZoneInfo) -> Picture:
    since, until = _span(days, zone)
    denied = Counter(log.counts_by_day(Outcome.DENIED, since, until, zone.key))
    denied.update(log.counts_by_day(Outcome.FAILED, since, until, zone.key))
    return picture("denials", f"Refused or failed, last {DAYS} days", "Day", _by_day(days, denied))


def _alerts(days: list[date], zone: ZoneInfo, program: Program) -> Picture:
    since, _ = _span(days, zone)
    found = alerts_for(program).filter(until__gte=since).values_list("until", flat=True)
    raised = Counter(moment.astimezone(zone).date() for moment in found)
    return picture("alerts", f"Alerts, last {DAYS} days", "Day", _by_day(days, raised))


def _by_day(days: list[date], found: Counter[date]) -> list[Count]:
    return [
        Count(f"{day:%d %B}", f"{day:%d}" if place % 5 == 4 else "", found[day])
        for place, day in enumerate(days)
    ]


def _span(days: list[date], zone: ZoneInfo) -> tuple[datetime, datetime]:
    first = datetime.combine(days[0], time(), zone)
    return first, datetime.combine(days[-1] + timedelta(days=1), time(), zone)
