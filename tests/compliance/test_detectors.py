"""Each detector fires on its story, names the entries, and stays silent in a quiet month."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.context import acting_as_system
from compliance.models import Alert
from compliance.services.alerts import hits, run_detectors
from compliance.states import Detector
from config.development import month
from config.development.chronicle import Told
from tests.compliance.past import NOON, Past

# docs/audit-log.md states it: for a programme of two groups, in thirty days.
MOST_IN_A_QUIET_MONTH = 1
Story = Callable[[Past], list[Told]]

WORK = NOON
NIGHT = NOON.replace(hour=23, minute=20)
SATURDAY = NOON + timedelta(days=3)
STORIES: dict[Detector, Story] = {
    Detector.NEW_DEVICE: lambda past: month.a_new_device(past["thea"], WORK),
    Detector.TWO_PLACES: lambda past: month.two_places(past["ana"], WORK),
    Detector.FAILURES: lambda past: month.failures(past["ben"], WORK),
    Detector.ODD_HOURS: lambda past: month.a_night_of_reading(
        past["thea"], past["ana"], past.circle.group.ref, NIGHT
    ),
    Detector.MASS_VIEWS: lambda past: month.many_views(past["ada"], WORK),
    Detector.LINK_BY_OTHER: lambda past: month.a_link_of_another(past["cleo"], WORK),
    Detector.DENIALS: lambda past: month.denials(past["ben"], WORK),
    Detector.OUTSIDE_CARE: lambda past: month.outside_care(past["tom"], past["ana"], WORK),
    Detector.LATE_EXPORT: lambda past: month.an_export(past["max"], SATURDAY),
}
# The same acts where they belong: a control for each story.
HARMLESS: dict[Detector, Story] = {
    Detector.NEW_DEVICE: lambda past: month.a_new_device(past["cleo"], WORK),
    Detector.TWO_PLACES: lambda past: month.two_places(past["ana"], WORK)[:2],
    Detector.FAILURES: lambda past: month.failures(past["ben"], WORK)[:9],
    Detector.ODD_HOURS: lambda past: month.a_night_of_reading(
        past["thea"], past["ana"], past.circle.group.ref, WORK
    ),
    Detector.MASS_VIEWS: lambda past: month.many_views(past["ada"], WORK, people=24),
    Detector.LINK_BY_OTHER: lambda past: [],
    Detector.DENIALS: lambda past: month.denials(past["ben"], WORK)[:7],
    Detector.OUTSIDE_CARE: lambda past: month.outside_care(past["thea"], past["ana"], WORK),
    Detector.LATE_EXPORT: lambda past: month.an_export(past["max"], WORK),
}
SPAN = (NOON - timedelta(days=40), NOON + timedelta(days=10))


def test_every_detector_has_a_story_and_a_control() -> None:
    assert set(STORIES) == set(HARMLESS) == set(Detector)


def test_each_story_fires_its_detector_once_and_no_other(past: Past) -> None:
    """All in one log; the names in each hit are those of its own story."""
    told = {detector: story(past) for detector, story in STORIES.items()}
    past.happened(*told.values())
    found = hits(*SPAN)
    assert Counter(hit.detector for hit in found) == Counter(dict.fromkeys(Detector, 1))
    for hit in found:
        named = {entry.id for entry in hit.entries}
        assert named
        assert named <= {one.id for one in told[hit.detector]}, hit.detector


def test_the_same_acts_where_they_belong_fire_nothing(past: Past) -> None:
    past.happened(*(story(past) for story in HARMLESS.values()))
    assert hits(*SPAN) == []


@pytest.mark.timeout(300)
def test_a_quiet_month_stays_under_the_stated_rate(past: Past) -> None:
    count = past.happened(list(past.month().told()))
    assert count > 500
    assert len(hits(*SPAN)) <= MOST_IN_A_QUIET_MONTH


def test_an_alert_is_raised_once_however_often_the_detectors_run(past: Past) -> None:
    now = timezone.now()
    story = month.denials(past["ben"], now - timedelta(hours=2))
    past.happened(story)
    with acting_as_system("tests"):
        assert run_detectors(now) == 1
        assert run_detectors(now + timedelta(minutes=1)) == 0
    alert = Alert.objects.get()
    assert alert.detector == Detector.DENIALS
    assert alert.about == str(past["ben"].user.ref)
    assert alert.program == past.circle.group.program
    assert set(alert.entries) == {str(one.id) for one in story}


def test_what_happens_later_is_a_second_alert(past: Past) -> None:
    now = timezone.now()
    past.happened(
        month.denials(past["ben"], now - timedelta(days=2)),
        month.denials(past["ben"], now - timedelta(hours=2)),
    )
    with acting_as_system("tests"):
        assert run_detectors(now) == 2
