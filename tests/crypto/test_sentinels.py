"""What people tell is looked for in a dump of the whole database, and must not be there."""

import os
import subprocess
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import OutgoingMail
from audit.context import acting_as_system
from compliance.models import (
    Alert,
    AlertStep,
    PrivacyRequest,
    RequestStep,
    Review,
    ReviewItem,
    SavedView,
    UseReview,
)
from compliance.states import (
    AlertReason,
    AlertState,
    Detector,
    Finding,
    RequestKind,
    RequestState,
    ReviewKind,
)
from consent.models import SealedCopy, Signature
from consent.services import ask_question, comment_on_proposal
from crypto.fields import AnyEncryptedField, EncryptedBytesField, EncryptedJSONField
from crypto.rotation import encrypted_models, rotate
from office.models import Export
from office.states import ExportKind, ExportReason, ExportState
from sessions_app.models import Admission, DoorNote, KeyPackage, PreJoin
from sessions_app.services import schedule_session
from tests.cast import EVERYBODY
from tests.consent.rules import proposed
from tests.databases import pg_dump
from tests.groups.world import World, make_world

# Written by services into rows that nothing may change afterwards.
SIGNED_BY_SERVICES = (Signature, SealedCopy)
# Decisions: told once, when the row is made.
TOLD_ONCE = (AlertStep, UseReview, PrivacyRequest, RequestStep)


@pytest.fixture
def world(committed_db: str) -> World:
    """A world in which every model with encrypted fields has a row."""
    with acting_as_system("tests"):
        world = make_world()
        opens_at = timezone.now()
        session = schedule_session(
            group=world.circle,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=1),
            timezone="America/New_York",
            by=world.thea.user,
        )
    prejoin = PreJoin.objects.create(user=world.ana.user, session=session)
    DoorNote.objects.create(prejoin=prejoin, user=world.ana.user, text="")
    waiting = Admission.objects.create(user=world.ana.user, session=session, prejoin=prejoin)
    KeyPackage.objects.create(admission=waiting, user=world.ana.user, package="")
    with world.ana.acting():
        version = Signature.objects.filter(user=world.ana.user)[0].version
        ask_question(version=version, by=world.ana.user, text="Why?")
        proposal = proposed(world.circle, world.ana)
        comment_on_proposal(proposal=proposal, by=world.ana.user, text="Good.")
    OutgoingMail.objects.create(recipient="a@example.org", sender="Quietroom", subject="", body="")
    fill_the_desk(world)
    fill_the_office(world)
    return world


def fill_the_office(world: World) -> None:
    Export.objects.create(
        program=world.circle.program,
        kind=ExportKind.NUMBERS,
        reason=ExportReason.REVIEW,
        state=ExportState.READY,
        asked_by=world.ada.user,
        file=b"",
        expires_at=timezone.now(),
    )


def fill_the_desk(world: World) -> None:
    officer, now, program = world.thea.user, timezone.now(), world.circle.program
    SavedView.objects.create(owner=officer, name="", query="")
    alert = Alert.objects.create(
        program=program, detector=Detector.ODD_HOURS, since=now, until=now, entries=[]
    )
    AlertStep.objects.create(
        alert=alert,
        state=AlertState.DISMISSED,
        reason=AlertReason.EXPECTED,
        comment="sentinel of compliance.AlertStep.comment",
        by=officer,
    )
    review = Review.objects.create(
        program=program, kind=ReviewKind.LOG, since=now, until=now, due_at=now, population=1
    )
    ReviewItem.objects.create(review=review, position=1, about="")
    UseReview.objects.create(
        entry=uuid4(),
        finding=Finding.FINE,
        comment="sentinel of compliance.UseReview.comment",
        by=officer,
    )
    asked = PrivacyRequest.objects.create(
        program=program,
        asked_by=world.ana.user,
        kind=RequestKind.COPY,
        text="sentinel of compliance.PrivacyRequest.text",
        due_at=now,
    )
    RequestStep.objects.create(
        request=asked,
        state=RequestState.WITHDRAWN,
        comment="sentinel of compliance.RequestStep.comment",
        by=world.ana.user,
    )


def sentinel(field: AnyEncryptedField) -> Any:
    words = f"sentinel of {field}"
    if isinstance(field, EncryptedBytesField):
        return words.encode()
    return {"told": words} if isinstance(field, EncryptedJSONField) else words


def write_sentinels() -> list[str]:
    """Into one row of every model through the model itself; the words that were written."""
    written = []
    for model, fields in encrypted_models():
        if model in SIGNED_BY_SERVICES:
            continue
        row = model._base_manager.order_by("pk").last()
        assert row is not None, f"the world has no {model._meta.label}: add one above"
        written += [f"sentinel of {field}" for field in fields]
        if model not in TOLD_ONCE:
            for field in fields:
                setattr(row, field.name, sentinel(field))
            row.save()
        assert_comes_back(row, fields)
    return written


def assert_comes_back(row: models.Model, fields: list[AnyEncryptedField]) -> None:
    read = type(row)._base_manager.get(pk=row.pk)
    for field in fields:
        assert getattr(read, field.name) == sentinel(field)


def dump() -> str:
    """Everything that a backup would hold; binary columns as the text they would be."""
    place = settings.DATABASES["owner"]
    command = [str(pg_dump()), "--no-password", "--format=plain", "--dbname", str(place["NAME"])]
    environment = {
        **os.environ,
        "PGHOST": str(place["HOST"]),
        "PGPORT": str(place["PORT"]),
        "PGUSER": str(place["USER"]),
        "PGPASSWORD": str(place["PASSWORD"]),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def traces(words: str) -> list[str]:
    """The words as text, as a bytea column would show them, and as JSON would."""
    return [words, words.encode().hex(), words.encode("unicode_escape").decode()]


def test_nothing_that_people_tell_is_found_in_a_dump(world: World) -> None:
    told = write_sentinels()
    told += [word for person in EVERYBODY for word in (person.true_name, person.email)]
    assert len(told) > 30
    dumped = dump()
    found = [words for words in told for trace in traces(words) if trace in dumped]
    assert found == []


def test_what_is_not_a_secret_is_found_in_the_same_dump(world: World) -> None:
    """The control for the test above: the dump is whole, and the search finds what is there."""
    dumped = dump()
    assert "Riverside" in dumped
    assert str(world.ana.user.pk) in dumped
    assert "audit.entries" in dumped


def test_after_rotation_every_row_of_the_world_is_still_read(world: World) -> None:
    write_sentinels()
    done = rotate(using="owner", every_key=True)
    assert done.unreadable == []
    assert done.values_sealed_anew == done.values_read > 50
    assert done.keys_deleted == done.keys_replaced
    for model, fields in encrypted_models():
        if model not in SIGNED_BY_SERVICES:
            row = model._base_manager.order_by("pk").last()
            assert row is not None
            assert_comes_back(row, fields)
    names = {signature.printed_name for signature in Signature.objects.all()}
    assert world.ana.person.true_name in names
