"""The checklist of a private space: the programme's own words, and what is required."""

import pytest
from django.test import Client

from sessions_app import queries, services
from sessions_app.models import PreJoin, SpaceChecklist
from sessions_app.space import ALONE, DEFAULT_ITEMS, MAX_ITEMS, SpaceItem, with_keys
from tests.cast import ADA, browser_of, staff
from tests.sessions_app.meeting import Meeting

CANDLE = SpaceItem("", "The window is closed", "Voices carry <b>far</b>.", is_required=True)


@pytest.fixture
def admin(meeting: Meeting) -> Client:
    return browser_of(staff(ADA))


def at_space(meeting: Meeting) -> Client:
    client = browser_of(meeting.ana)
    client.get(f"/session/{meeting.session.pk}/")
    client.post(f"/session/{meeting.session.pk}/reminder/", {"agreed": "on"})
    return client


def lines(*items: SpaceItem) -> dict[str, str]:
    """What the admin's form sends."""
    sent = {"form-TOTAL_FORMS": str(len(items)), "form-INITIAL_FORMS": "0"}
    for number, item in enumerate(items):
        sent |= {f"form-{number}-{name}": getattr(item, name) for name in ("key", "text", "why")}
        if item.is_required:
            sent[f"form-{number}-is_required"] = "on"
    return sent


def test_until_a_programme_writes_its_own_the_words_of_the_house_hold(meeting: Meeting) -> None:
    page = at_space(meeting).get(f"/session/{meeting.session.pk}/space/").content.decode()
    for item in DEFAULT_ITEMS:
        assert item.text in page
    words = " ".join(item.text for item in DEFAULT_ITEMS).lower()
    for subject in ("headphones", "smart speakers", "people at home", "alone"):
        assert subject in words


def test_an_admin_writes_the_list_and_the_gate_asks_it(admin: Client, meeting: Meeting) -> None:
    assert admin.post("/programme/space/", lines(CANDLE, SpaceItem("", "", ""))).status_code == 302
    program = meeting.group.program
    assert [item.text for item in queries.space_items(program)] == [ALONE.text, CANDLE.text]
    client, path = at_space(meeting), f"/session/{meeting.session.pk}/space/"
    page = client.get(path).content.decode()
    assert CANDLE.text in page
    assert "Voices carry &lt;b&gt;far" in page
    assert "headphones" not in page
    assert client.post(path, {"alone": "on"}).status_code == 200
    assert client.post(path, {"alone": "on", "item_1": "on"}).status_code == 302
    assert PreJoin.objects.get(user=meeting.ana.user).environment == {
        "alone": True,
        "item_1": True,
    }


def test_the_first_line_stays_whatever_is_sent(meeting: Meeting) -> None:
    program = meeting.group.program
    weaker = SpaceItem(ALONE.key, "Anything goes", "", is_required=False)
    with meeting.hosting():
        services.set_space_checklist(program=program, items=[weaker, CANDLE])
    first, *others = queries.space_items(program)
    assert first == ALONE
    assert [item.text for item in others] == [CANDLE.text]


def test_kept_lines_keep_their_keys_and_new_ones_get_free_ones() -> None:
    kept = SpaceItem("item_1", "Kept")
    keys = [item.key for item in with_keys([kept, CANDLE, SpaceItem("", "Another")])]
    assert keys == ["item_1", "item_2", "item_3"]


def test_too_many_or_too_long_lines_are_refused_with_the_list_unchanged(
    admin: Client, meeting: Meeting
) -> None:
    too_long = SpaceItem("", "a" * 200)
    assert admin.post("/programme/space/", lines(too_long)).status_code == 200
    many = [SpaceItem("", f"Line {number}") for number in range(MAX_ITEMS + 5)]
    assert admin.post("/programme/space/", lines(*many)).status_code == 200
    assert not SpaceChecklist.objects.exists()


def test_two_lines_never_share_a_key(admin: Client, meeting: Meeting) -> None:
    twins = [SpaceItem("same", "One"), SpaceItem("same", "Two", is_required=True)]
    admin.post("/programme/space/", lines(*twins))
    keys = [item.key for item in queries.space_items(meeting.group.program)]
    assert len(keys) == len(set(keys)) == 3


def test_another_programmes_list_is_not_ours(admin: Client, meeting: Meeting) -> None:
    from audit.context import acting_as_system
    from groups.services import create_program

    with acting_as_system("tests"):
        elsewhere = create_program(name="Lakeside", timezone="UTC")
        services.set_space_checklist(program=elsewhere, items=[CANDLE])
    assert queries.space_items(meeting.group.program) == list(DEFAULT_ITEMS)
    assert len(queries.space_items(elsewhere)) == 2
