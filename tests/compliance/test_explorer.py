"""The explorer's filters, words, entry page, saved views and export, and what they keep back."""

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from audit import verify
from audit.verification import stored_keys
from compliance.models import SavedView
from config.development import month
from office.tables import guarded
from tests.audit.database import refusing_log, rows
from tests.cast import ANA, THEA, browser_of, programme, staff
from tests.compliance.pages import sequence, shown_by, words
from tests.compliance.past import Past, days_ago
from tests.compliance.test_desk import last_entry

LOG = "/desk/log/"


def found(officer: Client, **told: str) -> list[str]:
    page = shown_by(officer.get(LOG, told))["page"]
    return [line.sentence for line in page.lines]


def test_an_entry_is_a_sentence_with_aliases_and_the_reason(past: Past, officer: Client) -> None:
    ana, thea = past["ana"], past["thea"]
    session = month.past_session(past.circle, days_ago(3))
    past.happened(month.a_location_let_pass(thea, ana, session, days_ago(3)))
    assert found(officer, act="location.overridden") == [
        "Thea (therapist) let Ana (member) go on without a location, reason: they told it by phone"
    ]


def test_each_filter_keeps_what_it_names_and_leaves_out_the_rest(
    past: Past, officer: Client
) -> None:
    ana, ben, thea = past["ana"], past["ben"], past["thea"]
    group = past.circle.group
    past.happened(
        month.denials(ben, days_ago(5))[:1],
        month.a_night_of_reading(thea, ana, group.ref, days_ago(4))[:2],
        month.a_link_of_another(past["cleo"], days_ago(3)),
    )
    old = {"until": f"{days_ago(2):%Y-%m-%d}"}
    assert len(found(officer, **old)) == 4
    assert len(found(officer, **old, actor=str(ben.user.pk))) == 1
    assert len(found(officer, **old, person=str(ana.user.pk))) == 2
    assert len(found(officer, **old, group=str(group.pk))) == 2
    assert len(found(officer, **old, address=thea.address)) == 2
    assert len(found(officer, **old, device=past["cleo"].device)) == 1
    assert len(found(officer, **old, outcome="denied")) == 2
    assert len(found(officer, **old, act="member.viewed")) == 2
    assert (
        len(found(officer, since=f"{days_ago(4):%Y-%m-%d}", until=f"{days_ago(4):%Y-%m-%d}")) == 2
    )
    assert found(officer, **old, device="A" * 22) == []


def test_days_are_those_of_the_programme(past: Past, officer: Client) -> None:
    late = days_ago(3, hour=23)
    past.happened(month.a_link_of_another(past["cleo"], late))
    day = f"{late:%Y-%m-%d}"
    assert len(found(officer, act="invite.link_used_by_other", since=day, until=day)) == 1
    after = f"{late + timedelta(days=1):%Y-%m-%d}"
    assert found(officer, act="invite.link_used_by_other", since=after) == []


def test_an_entry_shows_its_proof_and_what_came_before_and_after(
    past: Past, officer: Client
) -> None:
    story = month.denials(past["ben"], days_ago(2))
    past.happened(story)
    path = f"/desk/entries/{story[4].id}/"
    waiting = officer.get(path)
    assert "waits for its signature" in words(waiting)
    sequence()
    shown = officer.get(path)
    around = shown_by(shown)["found"]
    assert [line.entry.id for line in around.earlier] == [story[n].id for n in (3, 2, 1, 0)]
    assert [line.entry.id for line in around.later][::-1][:4] == [one.id for one in story[5:]]
    assert around.evidence.number == 4
    assert around.evidence.holds
    assert "its stored bytes lead to the checkpoint" in words(shown)
    assert last_entry("audit.entry_viewed")["object"] == f"entry:{story[4].id}"


def test_a_changed_body_is_named_on_its_page(past: Past, officer: Client) -> None:
    story = month.denials(past["ben"], days_ago(2))
    past.happened(story)
    sequence()
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit.entries DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE audit.entries SET body = replace(convert_from(body, 'UTF8'), %s, %s)::bytea"
            " WHERE id = %s",
            [':"role"', ':"rule"', story[4].id],
        )
    assert "do not lead to what was signed" in words(officer.get(f"/desk/entries/{story[4].id}/"))
    assert "lead to the checkpoint" in words(officer.get(f"/desk/entries/{story[5].id}/"))


def test_an_unknown_entry_offers_a_next_step(officer: Client) -> None:
    answer = officer.get(f"/desk/entries/{uuid4()}/")
    assert answer.status_code == 404
    assert "To the explorer" in words(answer)


def test_a_view_is_kept_used_and_deleted_by_its_owner_alone(past: Past, officer: Client) -> None:
    officer.post("/desk/log/views/?outcome=denied", {"name": "Refusals"})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Refusals", "outcome=denied")
    assert 'href="?outcome=denied"' in officer.get(LOG).content.decode()
    from dataclasses import replace

    from config.development.cast import MAX

    other = browser_of(staff(replace(MAX, name="mia", true_name="Mia Stone")))
    assert other.post(f"/desk/log/views/{view.pk}/delete/").status_code == 404
    assert officer.post(f"/desk/log/views/{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_is_not_kept_and_says_so(officer: Client) -> None:
    answer = officer.post("/desk/log/views/?outcome=denied", {"name": ""}, follow=True)
    assert "Give the view a name" in words(answer)
    assert not SavedView.objects.exists()


def test_an_export_is_checked_by_an_outsider_and_is_an_entry(
    past: Past, officer: Client, tmp_path: Path
) -> None:
    past.happened(month.denials(past["ben"], days_ago(2)))
    sequence()
    answer = officer.post("/desk/log/export/?outcome=denied")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    checked = verify.check_bundle(tmp_path, verify.keys_of(stored_keys()))
    assert checked.entries == checked.bodies == 9
    table = list(csv.DictReader((tmp_path / "entries.csv").open()))
    assert len(table) == 9
    assert table[0]["what"].startswith("Ben (member) asked for a page")
    said = last_entry("audit.exported")
    assert said["actor"] == str(past["max"].user.ref)
    assert said["details"]["count"] == 9


def test_an_export_that_cannot_be_recorded_hands_nothing_out(past: Past, officer: Client) -> None:
    past.happened(month.denials(past["ben"], days_ago(2)))
    sequence()
    with refusing_log():
        refused = officer.post("/desk/log/export/?outcome=denied")
    assert refused.status_code == 503
    assert not refused.content.startswith(b"PK")
    assert rows("SELECT 1 FROM audit.recorded WHERE act = 'audit.exported'") == []


def test_an_export_of_nothing_says_what_to_do(officer: Client) -> None:
    answer = officer.post(f"/desk/log/export/?device={'A' * 22}", follow=True)
    assert "Try again in a few seconds" in words(answer)


def test_cells_that_a_spreadsheet_would_calculate_are_guarded() -> None:
    for cell in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"):
        assert guarded(cell) == f"'{cell}"
    assert guarded("Ana (member) signed in") == "Ana (member) signed in"


def test_names_of_another_programme_are_not_told(past: Past, officer: Client) -> None:
    """The entry is there, for one log serves the house; alias and group's name are not."""
    from audit.context import acting_as_system
    from groups.services import create_program

    past.happened(
        month.a_night_of_reading(past["thea"], past["ana"], past.circle.group.ref, days_ago(2))[:1]
    )
    assert "Thea (therapist)" in found(officer, act="member.viewed")[0]
    with acting_as_system("tests"):
        elsewhere = create_program(name="Lakeside", timezone="UTC")
    past["max"].user.affiliation.delete()
    from groups.models import Affiliation

    Affiliation.objects.create(user=past["max"].user, program=elsewhere)
    told = officer.get(LOG, {"act": "member.viewed"}).content.decode()
    assert "Thea (therapist)" not in told
    assert past.circle.group.name not in told
    assert f"Therapist {str(past['thea'].user.pk)[:6]}" in told
    for path in (f"people/{past['ana'].user.pk}/", f"people/{past['ana'].user.pk}/name/"):
        assert officer.get(f"/desk/{path}").status_code == 404


def test_true_names_and_addresses_of_people_are_on_no_desk_page(
    past: Past, officer: Client
) -> None:
    past.happened(list(past.month(timezone.now()).told()))
    ana = past["ana"].user.pk
    session = past.circle.group.sessions.first()
    assert session is not None
    pages = ("", "log/", "alerts/", "reviews/", f"people/{ana}/", f"sessions/{session.pk}/")
    for page in pages:
        shown = officer.get(f"/desk/{page}")
        assert shown.status_code == 200
        for person in (ANA, THEA):
            assert person.true_name not in shown.content.decode(), page
            assert person.email not in shown.content.decode(), page


def test_an_officer_without_a_programme_has_no_desk(past: Past, officer: Client) -> None:
    assert officer.get("/desk/").status_code == 200
    past["max"].user.affiliation.delete()
    assert officer.get("/desk/").status_code == 404
    assert programme()
