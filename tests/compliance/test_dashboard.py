"""The first page of the desk: pictures with their numbers, and the state of the log."""

from datetime import timedelta

from django.db import connections
from django.test import Client
from django.utils import timezone

from audit.context import acting_as_system
from compliance.pictures import Count, picture, round_up
from compliance.tasks import every_minute
from config.development import month
from tests.audit.database import rows
from tests.compliance.pages import sequence, shown_by, words
from tests.compliance.past import Past, days_ago
from tests.compliance.test_desk import last_entry


def numbers(officer: Client, name: str) -> dict[str, int]:
    pictures = {one.id: one for one in shown_by(officer.get("/desk/"))["desk"].pictures}
    return {bar.name: bar.count for bar in pictures[name].bars if bar.count}


def test_pictures_and_tables_tell_the_same_numbers(past: Past, officer: Client) -> None:
    story = month.denials(past["ben"], days_ago(2, hour=9))
    past.happened(story)
    day = f"{days_ago(2):%d %B}"
    assert numbers(officer, "denials")[day] == len(story)
    assert numbers(officer, "access")["09:00"] >= len(story)
    page = officer.get("/desk/").content.decode()
    assert f"<title>{day}: {len(story)}</title>" in page
    assert f'<th scope="row">{day}</th><td class="number">{len(story)}</td>' in page


def test_alerts_appear_in_the_picture_of_their_day(past: Past, officer: Client) -> None:
    past.happened(month.denials(past["ben"], days_ago(2)))
    assert numbers(officer, "alerts") == {}
    every_minute()
    assert numbers(officer, "alerts") == {f"{days_ago(2):%d %B}": 1}
    assert "Repeated denials" in words(officer.get("/desk/"))


def test_the_log_is_checked_by_itself_and_the_desk_says_how_far(
    past: Past, officer: Client
) -> None:
    assert "It has not been checked yet" in words(officer.get("/desk/"))
    sequence()
    every_minute()
    size = last_entry("log.verified")["details"]["size"]
    assert f"Verified to #{size - 1}," in words(officer.get("/desk/"))
    every_minute()
    assert len(rows("SELECT 1 FROM audit.recorded WHERE act = 'log.verified'")) == 1


def test_a_broken_log_is_said_on_the_desk(past: Past, officer: Client) -> None:
    past.happened(month.denials(past["ben"], timezone.now() - timedelta(hours=3)))
    sequence()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit.entries DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit.entries SET outcome = 'ok' WHERE outcome = 'denied'")
    with acting_as_system("tests"):
        every_minute()
    assert "found something wrong" in words(officer.get("/desk/"))


def test_the_desk_names_the_anchor_that_fails(past: Past, officer: Client) -> None:
    sequence()
    notice = "The anchor “mail by mail.example” has taken no newer checkpoint for 4 hours."
    assert notice not in words(officer.get("/desk/"))
    rows(
        "INSERT INTO audit.sinks (name, is_asked, since)"
        " VALUES ('mail by mail.example', true, now() - interval '4 hours') RETURNING id"
    )
    assert notice not in words(officer.get("/desk/"))
    age_checkpoints("5 hours")
    assert notice in words(officer.get("/desk/"))


def test_an_empty_desk_says_so(past: Past, officer: Client) -> None:
    shown = words(officer.get("/desk/"))
    assert "Nothing waits" in shown
    assert "No checkpoint has been signed yet" in shown


def test_bars_keep_inside_their_picture() -> None:
    drawn = picture("x", "X", "Day", [Count(str(n), "", n * n) for n in range(30)])
    for bar in drawn.bars:
        assert drawn.ceiling <= bar.y <= drawn.base
        assert bar.x >= 0
        assert bar.x + bar.width <= drawn.width
    assert drawn.top >= 29 * 29
    assert picture("x", "X", "Day", []).summary == "None in this time."


def test_a_scale_ends_with_a_round_number() -> None:
    assert [round_up(n) for n in (0, 1, 2, 3, 7, 11, 49, 51, 101)] == [
        *(1, 1, 2, 5, 10, 20, 50, 100, 200),
    ]


def age_checkpoints(by: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit.checkpoints DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit.checkpoints SET signed_at = now() - %s::interval", [by])
