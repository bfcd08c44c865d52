"""Detectors of what people open once they are in: when, how much, whose, and what left."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from audit.events import Outcome
from audit.queries import Entry
from compliance.detectors.base import STAFF, VIEWS, Ground, Hit, actor_of, bursts, by_key
from compliance.states import Detector

NIGHT_FROM, NIGHT_TO = 23, 5
NIGHT_VIEWS = 3
MANY_PEOPLE = 25
MANY_WITHIN = timedelta(minutes=60)
DENIALS = 8
DENIALS_WITHIN = timedelta(minutes=30)
WORK_FROM, WORK_TO = 7, 20
WEEKEND = 5
EXPORTS = ("audit.exported", "papers_export.taken")
ONE_PERSON = frozenset({"member.viewed", "doc.signature_viewed", "breakglass.opened"})


def odd_hours(entries: Sequence[Entry], ground: Ground) -> Iterator[Hit]:
    """Several records of others, read by staff in one night."""
    for person, views in by_key(_views(entries), actor_of).items():
        nights: dict[date, list[Entry]] = {}
        for entry in views:
            assert entry.actor is not None
            local = entry.recorded_at.astimezone(ground.zone_of(entry.actor))
            if local.hour >= NIGHT_FROM or local.hour < NIGHT_TO:
                evening = (local - timedelta(hours=NIGHT_TO)).date()
                nights.setdefault(evening, []).append(entry)
        for found in nights.values():
            if len(found) >= NIGHT_VIEWS:
                yield Hit(Detector.ODD_HOURS, person, tuple(found))


def mass_views(entries: Sequence[Entry], ground: Ground) -> Iterator[Hit]:
    """So many different records that nobody reads them one by one."""
    for person, views in by_key(_views(entries), actor_of).items():
        for burst in bursts(views, size=MANY_PEOPLE, within=MANY_WITHIN):
            if len({one.subject or one.group for one in burst}) >= MANY_PEOPLE:
                yield Hit(Detector.MASS_VIEWS, person, tuple(burst))


def denials(entries: Sequence[Entry], ground: Ground) -> Iterator[Hit]:
    refused = [one for one in entries if one.outcome == Outcome.DENIED]
    for person, found in by_key(refused, actor_of).items():
        for burst in bursts(found, size=DENIALS, within=DENIALS_WITHIN):
            yield Hit(Detector.DENIALS, person, tuple(burst))


def outside_care(entries: Sequence[Entry], ground: Ground) -> Iterator[Hit]:
    """A therapist opened the record of somebody who is in none of their groups."""
    opened = [
        one
        for one in _views(entries)
        if one.act in ONE_PERSON and one.actor_role == "therapist" and one.subject
        if not ground.cares_for(one.actor, one.subject)  # type: ignore[arg-type]  # _views checks
    ]
    for person, found in by_key(opened, actor_of).items():
        yield Hit(Detector.OUTSIDE_CARE, person, tuple(found))


def late_export(entries: Sequence[Entry], ground: Ground) -> Iterator[Hit]:
    for entry in entries:
        if entry.act not in EXPORTS or not entry.actor or not isinstance(entry.actor.id, UUID):
            continue
        local = entry.recorded_at.astimezone(ground.zone_of(entry.actor))
        if local.weekday() >= WEEKEND or not WORK_FROM <= local.hour < WORK_TO:
            yield Hit(Detector.LATE_EXPORT, str(entry.actor), (entry,))


def _views(entries: Sequence[Entry]) -> list[Entry]:
    """Records of others, opened by staff."""
    return [
        one
        for one in entries
        if one.act in VIEWS
        and one.outcome == Outcome.OK
        and one.actor_role in STAFF
        and one.actor is not None
        and one.actor != one.subject
    ]
