"""Alerts: raised by detectors, decided by people, with a history that only grows."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts import mail
from accounts.models import Role, User
from audit import queries as log
from audit.queries import Entry, Filter
from audit.services import act, record
from compliance.detectors import RULES, Hit
from compliance.detectors.ground import DatabaseGround
from compliance.errors import StepRefused
from compliance.events import AlertDismissed, AlertEscalated, AlertRaised, AlertResolved
from compliance.models import Alert, AlertStep, DetectorRun
from compliance.states import ALERT_STEPS, AlertReason, AlertState
from groups.models import Affiliation, Program

# The longest window of a detector is a night; a hit is found again until it has ended.
LOOK_BACK = timedelta(hours=8)
FIRST_LOOK_BACK = timedelta(days=31)
# One finding, seen again by the next run with an entry more, is not a second alert.
QUIET = timedelta(hours=12)
MOST_ENTRIES = 200_000
NAMED = 50
STEPS = {
    AlertState.DISMISSED: AlertDismissed,
    AlertState.ESCALATED: AlertEscalated,
    AlertState.RESOLVED: AlertResolved,
}


def run_detectors(now: datetime | None = None) -> int:
    """Looks at what was recorded since the last run; how many alerts were raised."""
    now = now or timezone.now()
    last = DetectorRun.objects.order_by("-until").first()
    since = last.until - LOOK_BACK if last else now - FIRST_LOOK_BACK
    raised = sum(raise_once(hit) for hit in hits(since, now))
    _remember(now)
    return raised


def hits(since: datetime, until: datetime) -> list[Hit]:
    """What every detector finds, the oldest first."""
    found = log.entries(Filter(since=since, until=until), limit=MOST_ENTRIES)[::-1]
    ground = DatabaseGround()
    all_hits = [hit for rule in RULES.values() for hit in rule.find(found, ground)]
    return sorted(all_hits, key=lambda hit: hit.since)


def raise_once(hit: Hit) -> bool:
    """False when an alert tells of it already."""
    near = Alert.objects.filter(
        detector=hit.detector,
        about=hit.about,
        since__lte=hit.until,
        until__gte=hit.since - QUIET,
    )
    if near.exists():
        return False
    raise_alert(hit=hit)
    return True


@act(AlertRaised)
def raise_alert(*, hit: Hit) -> Alert:
    """The log's database time is kept: an alert of an old entry shows in the month of the entry."""
    alert = Alert.objects.create(
        program=_program_of(hit),
        detector=hit.detector,
        about=hit.about,
        since=hit.since,
        until=hit.until,
        entries=[str(entry.id) for entry in hit.entries[:NAMED]],
    )
    record(
        AlertRaised(
            object=alert.ref,
            subject=alert.about_person,
            detector=hit.detector,
            entries=len(hit.entries),
        )
    )
    return alert


@act(AlertDismissed, AlertEscalated, AlertResolved)
def decide_alert(
    *, alert: Alert, by: User, state: AlertState, reason: AlertReason, comment: str
) -> Alert:
    """Escalating tells the programme's admins and the other officers by mail, without a detail.

    Raises StepRefused.
    """
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if state not in ALERT_STEPS[AlertState(alert.state)]:
        raise StepRefused
    alert.state = state
    alert.save()
    AlertStep.objects.create(
        alert=alert, state=state, reason=reason, comment=comment.strip(), by=by
    )
    record(STEPS[state](object=alert.ref, subject=alert.about_person, reason=reason))
    if state == AlertState.ESCALATED:
        _tell(alert, by)
    return alert


def named_entries(alert: Alert) -> list[Entry]:
    """Those that the log still holds, the oldest first."""
    found = (log.entry(UUID(pk)) for pk in alert.entries)
    return [entry for entry in found if entry is not None]


def _program_of(hit: Hit) -> Program | None:
    kind, _, person = hit.about.partition(":")
    if kind != "user":
        return None
    found = Affiliation.objects.select_related("program").filter(user_id=person).first()
    return found.program if found else None


def _tell(alert: Alert, by: User) -> None:
    people = User.objects.filter(role__in=(Role.COMPLIANCE, Role.ADMIN), suspended_at=None).exclude(
        pk=by.pk
    )
    if alert.program is not None:
        people = people.filter(affiliation__program=alert.program)
    for person in people:
        mail.send(person, "compliance/mail/escalated.txt", {})


def _remember(until: datetime) -> None:
    DetectorRun.objects.all().delete()
    DetectorRun.objects.create(until=until)
