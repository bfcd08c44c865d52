"""Reads of alerts. Those about nobody of a programme are for every officer."""

from django.db.models import Q, QuerySet

from compliance.models import Alert
from compliance.states import AlertState
from groups.models import Program

OPEN = (AlertState.RAISED, AlertState.ESCALATED)


def alerts_for(program: Program) -> QuerySet[Alert]:
    """Newest first."""
    mine = Alert.objects.filter(Q(program=program) | Q(program=None))
    return mine.order_by("-raised_at", "-since")


def open_alerts(program: Program) -> QuerySet[Alert]:
    return alerts_for(program).filter(state__in=OPEN)
