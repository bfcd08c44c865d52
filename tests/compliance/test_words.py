from audit.events import Event
from compliance import words


def test_every_event_of_every_app_has_words() -> None:
    ours = {act: event for act, event in Event.registry().items() if not _of_tests(event)}
    assert len(ours) > 60
    wordless = [act for act in ours if words.sentence(act) == act]
    assert wordless == []


def test_words_are_not_kept_for_acts_that_are_gone() -> None:
    assert set(words.SENTENCES) - set(Event.registry()) == set()


def test_an_act_of_an_older_release_is_shown_by_its_code() -> None:
    assert words.sentence("older.act") == "older.act"


def _of_tests(event: type[Event]) -> bool:
    return event.__module__.startswith("tests.")
