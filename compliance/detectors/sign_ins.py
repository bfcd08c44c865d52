"""Detectors of how people come in: browsers, places, failures, links."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from audit.events import Outcome
from audit.queries import Entry
from compliance.detectors.base import STAFF, Ground, Hit, actor_of, bursts, by_key, network_of
from compliance.states import Detector

PLACES_WITHIN = timedelta(minutes=30)
FAILURES = 10
FAILURES_WITHIN = timedelta(minutes=10)
GUESSES = frozenset({"auth.signin.failed", "auth.factor.failed", "passphrase.failed"})


def new_device(entries: Sequence[Entry], ground: Ground) -> Iterator[Hit]:
    """Staff only: a member's new telephone is every week's news, and their own mail tells them."""
    for entry in entries:
        is_staff_signing_in = entry.act == "auth.signin.ok" and entry.actor_role in STAFF
        if is_staff_signing_in and entry.device and ground.is_first_use(entry):
            yield Hit(Detector.NEW_DEVICE, str(entry.actor), (entry,))


def two_places(entries: Sequence[Entry], ground: Ground) -> Iterator[Hit]:
    """Here, there, and here again: a journey or a change from Wi-Fi to mobile goes one way."""
    for person, own in by_key(entries, actor_of).items():
        placed = [(network_of(one.address), one) for one in own if one.address]
        turns = [
            pair
            for before, pair in zip([("", None), *placed], placed, strict=False)
            if pair[0] != before[0]
        ]
        for (first, here), (second, there), (third, again) in zip(
            turns, turns[1:], turns[2:], strict=False
        ):
            is_quick = again.recorded_at - here.recorded_at <= PLACES_WITHIN
            if first == third != second and is_quick:
                yield Hit(Detector.TWO_PLACES, person, (here, there, again))


def failures(entries: Sequence[Entry], ground: Ground) -> Iterator[Hit]:
    """Against one account from wherever, or from one address against whomever."""
    guesses = [one for one in entries if one.act in GUESSES and one.outcome == Outcome.FAILED]
    told: set[object] = set()
    for key in (_aimed_at, _from):
        for about, found in by_key(guesses, key).items():
            for burst in bursts(found, size=FAILURES, within=FAILURES_WITHIN):
                if not told.issuperset(one.id for one in burst):
                    told.update(one.id for one in burst)
                    yield Hit(Detector.FAILURES, about, tuple(burst))


def link_by_other(entries: Sequence[Entry], ground: Ground) -> Iterator[Hit]:
    for entry in entries:
        if entry.act == "invite.link_used_by_other":
            yield Hit(Detector.LINK_BY_OTHER, str(entry.actor), (entry,))


def _aimed_at(entry: Entry) -> str | None:
    ref = entry.subject or entry.actor
    return str(ref) if ref and ref.kind == "user" else None


def _from(entry: Entry) -> str | None:
    return f"address:{entry.address}" if entry.address else None
