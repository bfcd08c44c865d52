"""Rounds of reminders: asked for by somebody or by the plan, sent by the worker, one mail each."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import act, record
from groups.models import Group, Program
from office.events import PersonReminded, RemindersAsked, RemindersPlanned, RemindersSent
from office.models import ReminderPlan, ReminderRun
from office.reminding import is_remindable, people_with_open_papers, write_to

HOUR = time(9)


@act(RemindersPlanned)
def plan_reminders(*, program: Program, every_days: int | None) -> ReminderPlan:
    """None stops them. The first round is so many days from now, at nine where the programme is."""
    Program.objects.select_for_update().get(pk=program.pk)
    plan = ReminderPlan.objects.filter(program=program).first() or ReminderPlan(program=program)
    plan.every_days = every_days
    plan.next_at = _next(program, every_days, timezone.now()) if every_days else None
    plan.save()
    record(RemindersPlanned(object=plan.ref))
    return plan


@act(RemindersAsked)
def ask_for_reminders(
    *, program: Program, group: Group | None = None, by: User | None = None
) -> ReminderRun:
    """One round, sent by the worker after the commit. `group` None: the whole programme."""
    run = ReminderRun.objects.create(program=program, group=group, asked_by=by)
    from office.tasks import send_round

    transaction.on_commit(lambda: send_round.delay(str(run.pk)), robust=True)
    record(RemindersAsked(object=run.ref, group=group.ref if group else None))
    return run


def ask_for_due_reminders(*, now: datetime) -> int:
    """For the minute tick: the plans whose time has come. How many rounds were asked for."""
    asked = 0
    for plan in ReminderPlan.objects.filter(next_at__lte=now):
        with transaction.atomic():
            held = ReminderPlan.objects.select_for_update(skip_locked=True, of=("self",))
            due = held.select_related("program").filter(pk=plan.pk, next_at__lte=now).first()
            if due is None or due.every_days is None:
                continue
            due.next_at = _next(due.program, due.every_days, now)
            due.save(update_fields=["next_at"])
            ask_for_reminders(program=due.program)
            asked += 1
    return asked


@act(RemindersSent)
def send_reminders(*, run: ReminderRun) -> ReminderRun:
    """Once: a round that was sent stays as it is. Whoever was reminded lately is left in peace."""
    rows = ReminderRun.objects.select_related("program", "group")
    run = rows.select_for_update(of=("self",)).get(pk=run.pk)
    if run.sent_at is None:
        people = people_with_open_papers(run.program, run.group)
        for user in User.objects.filter(pk__in=people).order_by("pk"):
            if is_remindable(user):
                _remind(user=user, run=run)
                run.sent += 1
            else:
                run.held += 1
        run.sent_at = timezone.now()
        run.save()
    group = run.group.ref if run.group else None
    record(RemindersSent(object=run.ref, group=group, sent=run.sent, held=run.held))
    return run


@act(PersonReminded)
def _remind(*, user: User, run: ReminderRun) -> None:
    write_to(user, run.program)
    record(PersonReminded(object=run.ref, subject=user.ref))


def _next(program: Program, every_days: int, now: datetime) -> datetime:
    zone = ZoneInfo(program.timezone)
    day = now.astimezone(zone).date() + timedelta(days=every_days)
    return datetime.combine(day, HOUR, zone)
