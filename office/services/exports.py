"""An export: asked for, made by the worker, taken with a fresh factor, deleted after a day."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.events import Ref
from audit.services import act, record
from consent.errors import CopyNotMade
from consent.services import seal_copy
from crypto import data_keys
from groups.models import Group, Program
from groups.queries import visible_to
from office.archive import Archive
from office.errors import ExportRunning, StepRefused, TooManyCopies
from office.events import (
    ExportAsked,
    ExportEnded,
    ExportFailed,
    ExportMade,
    ExportTaken,
    SignerExported,
)
from office.models import Export
from office.queries.exports import signatures_in
from office.queries.numbers import rows_of
from office.states import KEPT_FOR, ExportKind, ExportReason, ExportState
from office.tables import numbers_csv

# About 50 kB each, and the file is held in memory while it is made.
MAX_COPIES = 1000
NOTED_EVERY = 10


@act(ExportAsked)
def ask_for_export(
    *, program: Program, kind: ExportKind, group: Group | None, reason: ExportReason, by: User
) -> Export:
    """Made after the commit. Raises ExportRunning, TooManyCopies."""
    Program.objects.select_for_update().get(pk=program.pk)
    if program.exports.filter(state__in=[ExportState.ASKED, ExportState.MAKING]).exists():
        raise ExportRunning
    export = Export(program=program, kind=kind, group=group, reason=reason, asked_by=by)
    if kind == ExportKind.COPIES and signatures_in(export).count() > MAX_COPIES:
        raise TooManyCopies
    export.save()
    from office.tasks import make_one_export

    transaction.on_commit(lambda: make_one_export.delay(str(export.pk)), robust=True)
    record(ExportAsked(object=export.ref, group=_group_ref(export), reason=reason.value))
    return export


def make_export(*, export_id: UUID, now: datetime) -> None:
    """For the worker; at most one of them works on it. Progress is seen while it goes on."""
    export = _claimed(export_id, now)
    if export is None:
        return
    try:
        content = _numbers(export) if export.kind == ExportKind.NUMBERS else _copies(export)
        _finish(export=export, content=content)
    except CopyNotMade:
        _fail(export=export)
    except StepRefused:
        # Whoever asked for it has stopped it meanwhile: nothing is kept.
        return


@act(ExportTaken)
def take_export(*, export: Export) -> bytes:
    """The bytes. MUST be called behind a fresh factor. Raises StepRefused when it is gone.

    Each signer whose paper is in it is named in an entry: "who saw my record" tells of it.
    """
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if export.state != ExportState.READY or export.file is None:
        raise StepRefused("not ready")
    if export.kind == ExportKind.COPIES:
        signers = signatures_in(export).filter(signed_at__lte=export.moved_at)
        for user in User.objects.filter(pk__in=signers.order_by().values("user")):
            _name_signer(export=export, user=user)
    file = Ref("sha256", export.sha256)
    record(ExportTaken(object=export.ref, group=_group_ref(export), file=file))
    return export.file


@act(ExportEnded)
def end_export(*, export: Export, reason: str = "expired") -> Export:
    """The bytes and their key are gone; the row says that there was one. `reason` is a code."""
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    export.move_to(ExportState.ENDED, at=timezone.now())
    export.file = None
    export.save()
    data_keys.shred(export.encryption_scope())
    record(ExportEnded(object=export.ref, group=_group_ref(export), reason=reason))
    return export


@transaction.atomic
def _claimed(export_id: UUID, now: datetime) -> Export | None:
    rows = Export.objects.select_related("program", "group", "asked_by")
    locked = rows.select_for_update(skip_locked=True, of=("self",))
    export = locked.filter(pk=export_id, state__in=[ExportState.ASKED, ExportState.MAKING]).first()
    if export is None:
        return None
    export.move_to(ExportState.MAKING, at=now)
    export.done = 0
    export.save()
    return export


def _numbers(export: Export) -> bytes:
    groups = [export.group] if export.group else visible_to(export.asked_by)
    return numbers_csv(rows_of(groups)).encode()


def _copies(export: Export) -> bytes:
    """A copy that was not made yet is made now. Raises CopyNotMade."""
    signatures = signatures_in(export)
    export.total = signatures.count()
    archive = Archive(export.asked_at)
    for signature in signatures.iterator(chunk_size=NOTED_EVERY):
        archive.add(signature, seal_copy(signature=signature))
        export.done += 1
        if export.done % NOTED_EVERY == 0:
            _note_progress(export)
    return archive.closed()


def _note_progress(export: Export) -> None:
    said = {"done": export.done, "total": export.total, "moved_at": timezone.now()}
    Export.objects.filter(pk=export.pk).update(**said)


@act(ExportMade)
def _finish(*, export: Export, content: bytes) -> None:
    now = timezone.now()
    digest = hashlib.sha256(content).hexdigest()
    done, total = export.done, export.total
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    export.move_to(ExportState.READY, at=now)
    export.file, export.sha256, export.expires_at = content, digest, now + KEPT_FOR
    export.done, export.total = done, total
    export.save()
    record(
        ExportMade(
            object=export.ref,
            group=_group_ref(export),
            papers=done,
            file=Ref("sha256", digest),
        )
    )


@act(ExportFailed)
def _fail(*, export: Export) -> None:
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    export.move_to(ExportState.FAILED, at=timezone.now())
    export.save()
    record(ExportFailed(object=export.ref, group=_group_ref(export), reason="copy.not_made"))


@act(SignerExported)
def _name_signer(*, export: Export, user: User) -> None:
    why, group = export.reason, _group_ref(export)
    record(SignerExported(object=export.ref, subject=user.ref, group=group, reason=why))


def _group_ref(export: Export) -> Ref | None:
    return Ref("group", export.group_id) if export.group_id else None
