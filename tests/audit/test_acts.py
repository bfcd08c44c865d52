"""An act and its entry: both or neither."""

import contextlib
import contextvars
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from audit.context import acting_as, acting_as_system
from audit.errors import AuditUnavailable, NotInTransaction, OriginUnknown, WrongEventCount
from audit.services import act, record
from crypto.models import DataKey
from tests.audit.database import refusing_log, rows
from tests.audit.events import ANA, Made, Other

pytestmark = pytest.mark.usefixtures("log")


@pytest.fixture(autouse=True)
def acting() -> Iterator[None]:
    with acting_as(ANA, "participant", auth_strength="passkey"):
        yield


@act(Made)
def make(*, scope: str = "test:a") -> str:
    DataKey.objects.create(scope=scope, kek="1", wrapped=b"")
    record(Made(subject=ANA))
    return "made"


@act(Made)
def make_and_fail() -> None:
    make.__wrapped__()  # type: ignore[attr-defined]  # its body, without an act of its own
    raise RuntimeError


@act(Made)
def make_silently() -> None:
    DataKey.objects.create(scope="test:a", kek="1", wrapped=b"")


@act(Made)
def make_twice() -> None:
    record(Made())
    record(Made())


@act(Made)
def make_another() -> None:
    record(Other())


@act(Made, Other)
def make_either() -> None:
    record(Other())


@act(Other)
def make_as_part_of_another() -> None:
    make()
    record(Other())


@act(Other)
def leave_it_to_another() -> None:
    make()


def entries() -> list[str]:
    return [str(act) for (act,) in rows("SELECT act FROM audit.recorded ORDER BY recorded_at")]


def made() -> int:
    return DataKey.objects.count()


def test_an_act_leaves_its_row_and_its_entry() -> None:
    assert make() == "made"
    assert (made(), entries()) == (1, ["test.made"])


def test_the_entry_says_who_acted() -> None:
    make()
    ((said,),) = rows("SELECT body FROM audit.recorded")
    found: dict[str, Any] = json.loads(bytes(said))
    assert (found["actor"], found["actor_role"], found["auth"]) == (
        "user:ana",
        "participant",
        "passkey",
    )


def test_a_failed_act_leaves_neither() -> None:
    with pytest.raises(RuntimeError):
        make_and_fail()
    assert (made(), entries()) == (0, [])


@pytest.mark.parametrize("service", [make_silently, make_twice, make_another, leave_it_to_another])
def test_an_act_without_exactly_its_own_event_is_undone(service: Any) -> None:
    with pytest.raises(WrongEventCount):
        service()
    assert (made(), entries()) == (0, [])


def test_an_act_may_choose_among_its_events_and_call_other_acts() -> None:
    make_either()
    make_as_part_of_another()
    assert entries() == ["test.other", "test.made", "test.other"]


def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        record(Made())
    with transaction.atomic():
        record(Made())
    assert entries() == ["test.made"]


def test_nobody_acting_is_refused() -> None:
    with pytest.raises(OriginUnknown):
        contextvars.Context().run(make)
    assert made() == 0
    with acting_as_system("beat"):
        make()
    assert rows("SELECT actor FROM audit.recorded") == [("system:beat",)]


def test_a_log_that_takes_no_entry_stops_the_act() -> None:
    with refusing_log(), pytest.raises(AuditUnavailable):
        make()
    assert (made(), entries()) == (0, [])
    make()
    assert (made(), entries()) == (1, ["test.made"])


def test_an_act_that_swallows_the_error_is_undone_all_the_same() -> None:
    @act(Made)
    def stubborn() -> None:
        DataKey.objects.create(scope="test:a", kek="1", wrapped=b"")
        with contextlib.suppress(AuditUnavailable):
            record(Made())

    with refusing_log(), pytest.raises((WrongEventCount, DatabaseError)):
        stubborn()
    assert made() == 0
