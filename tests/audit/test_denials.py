"""Refusals: recorded whatever becomes of the transaction, but never without bound."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from audit import denials
from audit.context import Origin, acting
from audit.denials import BURST, WINDOW_SECONDS, Cap
from audit.errors import AuditUnavailable
from audit.services import deny
from tests.audit.database import refusing_log, rows
from tests.audit.events import ANA, Made, Refused

MALLORY = Origin(actor=None, actor_role="visitor", address="192.0.2.66")


@pytest.fixture(autouse=True)
def mallory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(denials, "_cap", Cap())
    with acting(MALLORY):
        yield


def recorded() -> list[tuple[Any, ...]]:
    return rows("SELECT act, outcome, body FROM audit.recorded ORDER BY recorded_at")


def test_a_refusal_is_recorded_though_the_act_is_rolled_back(log: None) -> None:
    with transaction.atomic():
        deny(Refused(subject=ANA))
        transaction.set_rollback(True)
    assert [(act, outcome) for act, outcome, _ in recorded()] == [("test.refused", "denied")]


def test_a_flood_is_summed_up_in_one_entry(log: None) -> None:
    for _ in range(BURST + 15):
        deny(Refused(subject=ANA))
    denials.summarise()
    assert len(recorded()) == BURST
    denials.summarise(everything=True)
    act, outcome, body = recorded()[-1]
    said = json.loads(bytes(body))
    assert (act, outcome) == ("audit.denials_summarised", "denied")
    assert said["details"] == {"repeated": 15}
    assert (said["reason"], said["subject"], said["address"]) == (
        "test.refused",
        str(ANA),
        "192.0.2.66",
    )
    denials.summarise(everything=True)
    assert len(recorded()) == BURST + 1


def test_a_refusal_that_cannot_be_recorded_is_not_passed_over(log: None) -> None:
    with refusing_log(), pytest.raises(AuditUnavailable):
        deny(Refused())


def test_the_cap_counts_each_act_and_each_origin_apart() -> None:
    cap = Cap(burst=1)
    ana = replace(MALLORY, actor=ANA)
    assert cap.admits(Refused(), MALLORY, now=0)
    assert not cap.admits(Refused(), MALLORY, now=0)
    assert cap.admits(Made(), MALLORY, now=0)
    assert cap.admits(Refused(), ana, now=0)
    assert cap.admits(Refused(), replace(MALLORY, address="192.0.2.67"), now=0)


def test_after_its_window_an_origin_is_recorded_singly_again() -> None:
    cap = Cap(burst=1)
    cap.admits(Refused(), MALLORY, now=0)
    cap.admits(Refused(), MALLORY, now=1)
    assert cap.closed(now=WINDOW_SECONDS - 1) == []
    (window,) = cap.closed(now=WINDOW_SECONDS)
    assert window.left_out == 1
    assert cap.admits(Refused(), MALLORY, now=WINDOW_SECONDS)


def test_a_window_with_nothing_left_out_needs_no_summary() -> None:
    cap = Cap()
    cap.admits(Refused(), MALLORY, now=0)
    assert cap.closed(now=WINDOW_SECONDS) == []
    assert cap.windows == {}


def test_the_cap_itself_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(denials, "MAX_WINDOWS", 3)
    cap = Cap(burst=1)
    for number in range(9):
        cap.admits(Refused(), replace(MALLORY, address=f"192.0.2.{number}"), now=0)
        cap.closed(now=0)
    assert len(cap.windows) == 3
