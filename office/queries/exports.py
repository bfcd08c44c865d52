"""Exports: which there are, which are due, and what goes into one."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from consent.models import Signature
from groups.models import Program
from office.models import Export
from office.states import GIVEN_UP_AFTER, ExportState


def exports_of(user: User, program: Program) -> QuerySet[Export]:
    """One's own, newest first, without their bytes."""
    return Export.objects.filter(program=program, asked_by=user).defer("file")


def exports_to_make(now: datetime) -> QuerySet[Export]:
    """Asked for, or left behind by a worker that died."""
    left = Export.objects.filter(state=ExportState.MAKING, moved_at__lt=now - GIVEN_UP_AFTER)
    return (Export.objects.filter(state=ExportState.ASKED) | left).defer("file")


def exports_run_out(now: datetime) -> QuerySet[Export]:
    return Export.objects.filter(state=ExportState.READY, expires_at__lte=now).defer("file")


def signatures_in(export: Export) -> QuerySet[Signature]:
    """Every signature of the group, or of the programme: former and withdrawn ones too."""
    scope = {"version__agreement__group__program": export.program_id}
    if export.group_id is not None:
        scope = {"version__agreement__group": export.group_id}
    return (
        Signature.objects.filter(**scope)
        .select_related("version__agreement__group", "user")
        .order_by("version__agreement__group_id", "version__agreement__kind", "signed_at", "id")
    )
