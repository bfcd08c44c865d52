"""Exports: asked for with a fresh factor, made in the background, checked by anybody, deleted."""

import csv
import hashlib
import io
import zipfile
from datetime import timedelta
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import SignIn
from audit.context import acting_as_system
from consent.models import Signature
from consent.services import seal_copy
from crypto.models import DataKey
from groups.models import Group
from office import services
from office.archive import Archive
from office.errors import ExportRunning, StepRefused, TooManyCopies
from office.models import Export
from office.queries.exports import exports_to_make
from office.services import exports as export_services
from office.states import GIVEN_UP_AFTER, ExportKind, ExportReason, ExportState
from office.tasks import every_minute
from tests.cast import browser_of
from tests.groups.world import World
from tests.trail import recorded


def asked(world: World, kind: ExportKind, group: Group | None = None) -> Export:
    """Not made yet: nothing runs after a test's own transaction."""
    with world.ada.acting():
        return services.ask_for_export(
            program=world.circle.program,
            kind=kind,
            group=group,
            reason=ExportReason.REVIEW,
            by=world.ada.user,
        )


def made(world: World, kind: ExportKind, group: Group | None = None) -> Export:
    export = asked(world, kind, group)
    every_minute()
    export.refresh_from_db()
    assert export.state == ExportState.READY
    return export


def download(client: Client, export: Export) -> HttpResponse:
    answer = client.get(reverse("office:take_export", args=[export.pk]))
    assert answer.status_code == 200
    # The stubs give the test client's answer a type of its own.
    return cast(HttpResponse, answer)


def opened(world: World, client: Client) -> zipfile.ZipFile:
    answer = download(client, made(world, ExportKind.COPIES, world.circle))
    return zipfile.ZipFile(io.BytesIO(answer.content))


def manifest(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))


def test_it_is_made_after_the_request_and_shows_how_far_it_is(world: World, ada: Client) -> None:
    said = {"kind": "copies", "group": world.circle.pk, "reason": "review"}
    answer = ada.post(reverse("office:exports"), said)
    export = Export.objects.get()
    assert answer["Location"] == reverse("office:export", args=[export.pk])
    assert "Being made" in ada.get(answer["Location"]).content.decode()
    export_services._note_progress(Export(pk=export.pk, done=2, total=3))
    assert "2 of 3 papers" in ada.get(answer["Location"]).content.decode()
    every_minute()
    page = ada.get(answer["Location"]).content.decode()
    assert "Download" in page
    assert "3 papers." in page


def test_the_archive_holds_every_copy_and_its_sums_are_right(world: World, ada: Client) -> None:
    archive = opened(world, ada)
    lines = [line.split("  ") for line in archive.read("SHA256SUMS").decode().splitlines()]
    sums = {name: digest for digest, name in lines}
    assert set(sums) == set(archive.namelist()) - {"SHA256SUMS"}
    assert all(
        hashlib.sha256(archive.read(name)).hexdigest() == digest for name, digest in sums.items()
    )
    told = manifest(archive)
    signatures = Signature.objects.filter(version__agreement__group=world.circle)
    assert {line["signature"] for line in told} == {str(one.pk) for one in signatures}
    assert {line["seal"] for line in told} == {"whole"}
    assert all(archive.read(line["file"]).startswith(b"%PDF-") for line in told)
    assert "42 CFR part 2" in archive.read("NOTICE.txt").decode()


def test_no_name_of_a_file_and_no_line_of_the_manifest_names_anybody(
    world: World, ada: Client
) -> None:
    archive = opened(world, ada)
    read = "\n".join([*archive.namelist(), archive.read("manifest.csv").decode()])
    people = (world.thea, world.ana, world.ben)
    assert [visit for visit in people if visit.person.true_name.split()[0] in read] == []
    assert "circle" not in read


def test_a_copy_that_was_changed_is_named_in_the_manifest(world: World) -> None:
    archive = Archive(timezone.now())
    signatures = list(Signature.objects.filter(version__agreement__group=world.circle))
    with acting_as_system("tests"):
        copies = [seal_copy(signature=signature) for signature in signatures]
    copies[1].pdf = copies[1].pdf[:-20] + b"x" * 20
    copies[2].pdf = copies[0].pdf
    for signature, copy in zip(signatures, copies, strict=True):
        archive.add(signature, copy)
    lines = manifest(zipfile.ZipFile(io.BytesIO(archive.closed())))
    assert [line["seal"] for line in lines] == ["whole", "broken", "broken"]
    assert lines[1]["signature"] == str(signatures[1].pk)


def test_the_numbers_are_those_of_the_page(world: World, ada: Client) -> None:
    answer = download(ada, made(world, ExportKind.NUMBERS))
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    told = {(line["group"], line["paper"], line["asked"], line["current"]) for line in lines}
    assert told == {
        ("Thursday circle", "confidentiality", "3", "3"),
        ("Morning circle", "confidentiality", "2", "2"),
    }
    assert "Ana" not in answer.content.decode()


def test_taking_it_names_each_signer_in_the_log(world: World, ada: Client) -> None:
    export = made(world, ExportKind.COPIES, world.circle)
    assert not recorded("papers_export.taken")
    answer = download(ada, export)
    assert answer["Cache-Control"] == "no-store"
    assert hashlib.sha256(answer.content).hexdigest() == export.sha256
    (taken,) = recorded("papers_export.taken")
    assert taken["details"]["file"] == f"sha256:{export.sha256}"
    signers = {entry["subject"] for entry in recorded("papers_export.signer")}
    assert signers == {f"user:{visit.user.pk}" for visit in (world.thea, world.ana, world.ben)}
    download(ada, export)
    assert len(recorded("papers_export.taken")) == 2


def test_without_a_fresh_factor_nothing_is_asked_for_or_taken(world: World, ada: Client) -> None:
    export = made(world, ExportKind.NUMBERS)
    path = reverse("office:take_export", args=[export.pk])
    assert ada.get(path).status_code == 200
    earlier = timezone.now() - timedelta(minutes=11)
    SignIn.objects.filter(user=world.ada.user).update(factor_at=earlier, stepped_up_at=None)
    assert ada.get(path)["Location"].startswith(reverse("accounts:step_up"))
    said = {"kind": "numbers", "group": "", "reason": "review"}
    assert ada.post(reverse("office:exports"), said)["Location"].startswith(
        reverse("accounts:step_up")
    )
    assert Export.objects.count() == 1


def test_only_whoever_asked_for_it_takes_it(world: World, ada: Client) -> None:
    export = made(world, ExportKind.COPIES, world.circle)
    path = reverse("office:take_export", args=[export.pk])
    for other in (world.thea, world.ana):
        assert browser_of(other).get(path).status_code == 404
    assert not recorded("papers_export.taken")
    assert ada.get(path).status_code == 200


def test_after_a_day_its_bytes_and_its_key_are_gone(world: World, ada: Client) -> None:
    export = made(world, ExportKind.NUMBERS)
    scope = export.encryption_scope()
    assert DataKey.objects.filter(scope=scope).exists()
    Export.objects.update(expires_at=timezone.now())
    every_minute()
    export.refresh_from_db()
    assert (export.state, export.file) == (ExportState.ENDED, None)
    assert not DataKey.objects.filter(scope=scope).exists()
    answer = ada.get(reverse("office:take_export", args=[export.pk]))
    assert answer["Location"] == reverse("office:exports")
    with world.ada.acting(), pytest.raises(StepRefused):
        services.take_export(export=export)
    assert recorded("papers_export.ended")


def test_one_is_made_at_a_time_and_no_file_grows_without_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(world, ExportKind.NUMBERS)
    with pytest.raises(ExportRunning):
        asked(world, ExportKind.COPIES)
    every_minute()
    monkeypatch.setattr(export_services, "MAX_COPIES", 4)
    with pytest.raises(TooManyCopies):
        asked(world, ExportKind.COPIES)
    asked(world, ExportKind.COPIES, world.circle)


def test_what_a_dead_worker_left_behind_is_made_again(world: World) -> None:
    export = asked(world, ExportKind.NUMBERS)
    now = timezone.now()
    Export.objects.update(state=ExportState.MAKING, moved_at=now)
    assert not exports_to_make(now)
    assert list(exports_to_make(now + GIVEN_UP_AFTER * 2)) == [export]
    Export.objects.update(moved_at=now - GIVEN_UP_AFTER * 2)
    every_minute()
    export.refresh_from_db()
    assert export.state == ExportState.READY


def test_an_export_that_is_stopped_while_it_is_made_leaves_nothing(
    world: World, ada: Client
) -> None:
    export = asked(world, ExportKind.NUMBERS)
    Export.objects.update(state=ExportState.MAKING)
    ada.post(reverse("office:drop_export", args=[export.pk]))
    with acting_as_system("tests"), pytest.raises(StepRefused):
        export_services._finish(export=export, content=b"too late")
    export.refresh_from_db()
    assert (export.state, export.file) == (ExportState.ENDED, None)
    assert not recorded("papers_export.made")
