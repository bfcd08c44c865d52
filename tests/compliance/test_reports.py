"""The session report, the person report, and the one place where a true name is shown."""

from django.test import Client

from config.development import month
from tests.audit.database import refusing_log, rows
from tests.cast import ANA, CLEO
from tests.compliance.pages import shown_by, words
from tests.compliance.past import Past, days_ago
from tests.compliance.test_desk import last_entry


def acts_of(report: object) -> set[str]:
    return {line.entry.act for line in report.lines}  # type: ignore[attr-defined]


def test_a_session_report_tells_admissions_and_host_acts_and_no_content(
    past: Past, officer: Client
) -> None:
    past.happened(list(past.month().told()))
    session = past.circle.group.sessions.latest("opens_at")
    shown = officer.get(f"/desk/sessions/{session.pk}/")
    report = shown_by(shown)["report"]
    assert report.people == 3
    times = [line.entry.recorded_at for line in report.lines]
    assert times == sorted(times)
    assert {"admission.admitted", "session.opened", "session.ended"} <= acts_of(report)
    assert not acts_of(report) & {"media.state", "location.confirmed", "environment.attested"}
    assert "Thea (therapist) admitted Ana (member)" in words(shown)
    said = last_entry("desk.session_report")
    assert said["session"] == str(session.ref)
    assert said["group"] == str(past.circle.group.ref)


def test_a_session_in_which_nothing_happened_says_so(past: Past, officer: Client) -> None:
    session = month.past_session(past.circle, days_ago(2))
    assert "Nothing has happened in it yet" in words(officer.get(f"/desk/sessions/{session.pk}/"))


def test_a_person_report_counts_who_opened_the_record_and_the_lists(
    past: Past, officer: Client
) -> None:
    ana, thea, group = past["ana"], past["thea"], past.circle.group.ref
    past.happened(
        month.a_night_of_reading(thea, ana, group, days_ago(3)),
        month.denials(ana, days_ago(3)),
        month.a_night_of_reading(thea, past["ben"], group, days_ago(2)),
    )
    visit = past.visits["thea"]
    from tests.cast import browser_of

    assert browser_of(visit).get(f"/groups/{past.circle.group.pk}/").status_code == 200
    shown = officer.get(f"/desk/people/{ana.user.pk}/")
    report = shown_by(shown)["report"]
    thea_seen = next(one for one in report.viewers if one.who.words == "Thea (therapist)")
    assert {"member.viewed", "record.viewed"} <= acts_of(report)
    assert sum(line.entry.act == "member.viewed" for line in report.lines) == 4
    assert thea_seen.times >= 5
    assert all(line.entry.actor != ana.user.ref for line in report.lines)
    assert last_entry("desk.person_report")["subject"] == str(ana.user.ref)


def test_a_later_first_day_leaves_out_what_was_before(past: Past, officer: Client) -> None:
    ana = past["ana"]
    past.happened(month.a_night_of_reading(past["thea"], ana, past.circle.group.ref, days_ago(9)))
    path = f"/desk/people/{ana.user.pk}/"
    assert "member.viewed" in acts_of(shown_by(officer.get(path))["report"])
    later = {"since": f"{days_ago(5):%Y-%m-%d}"}
    assert "member.viewed" not in acts_of(shown_by(officer.get(path, later))["report"])


def test_a_true_name_is_shown_for_a_reason_and_once(past: Past, officer: Client) -> None:
    path = f"/desk/people/{past['ana'].user.pk}/name/"
    assert ANA.true_name not in officer.get(path).content.decode()
    without = officer.post(path, {})
    assert ANA.true_name not in without.content.decode()
    assert rows("SELECT 1 FROM audit.recorded WHERE act = 'desk.name_revealed'") == []
    shown = officer.post(path, {"reason": "complaint"})
    assert ANA.true_name in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    said = last_entry("desk.name_revealed")
    assert (said["subject"], said["reason"]) == (str(past["ana"].user.ref), "complaint")
    assert CLEO.true_name not in shown.content.decode()


def test_a_look_up_that_cannot_be_recorded_shows_no_name(past: Past, officer: Client) -> None:
    path = f"/desk/people/{past['ana'].user.pk}/name/"
    with refusing_log():
        refused = officer.post(path, {"reason": "complaint"})
    assert refused.status_code == 503
    assert ANA.true_name not in refused.content.decode()
