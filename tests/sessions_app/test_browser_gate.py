"""Where the group asks for end-to-end encryption, a browser that cannot does not come to wait."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from sessions_app import gates
from sessions_app.models import PreJoin
from tests.cast import Visit, browser_of
from tests.sessions_app.keys import require_end_to_end
from tests.sessions_app.meeting import PASSPHRASE, Meeting, second_device


def is_open(meeting: Meeting, visit: Visit) -> bool:
    return gates.by_name("browser").is_open(meeting.attempt(visit))


def test_the_gate_is_closed_until_this_browser_has_said_that_it_can(meeting: Meeting) -> None:
    require_end_to_end(meeting)
    attempt = meeting.answer(meeting.ana)
    assert is_open(meeting, meeting.ana)
    PreJoin.objects.filter(pk=attempt.prejoin.pk).update(encrypts_on=None)
    assert gates.first_closed(meeting.attempt(meeting.ana)) == gates.by_name("browser")


def test_another_browser_has_to_say_it_for_itself(meeting: Meeting) -> None:
    require_end_to_end(meeting)
    meeting.answer(meeting.ana)
    assert not is_open(meeting, second_device(meeting.ana))
    assert is_open(meeting, meeting.ana)


def test_a_group_without_the_rule_asks_no_browser(meeting: Meeting) -> None:
    attempt = meeting.answer(meeting.ana)
    PreJoin.objects.filter(pk=attempt.prejoin.pk).update(encrypts_on=None)
    assert is_open(meeting, meeting.ana)


def test_the_rule_holds_as_it_was_when_the_doors_opened(meeting: Meeting) -> None:
    meeting.open_doors()
    require_end_to_end(meeting)
    assert not meeting.now().is_end_to_end


@pytest.mark.parametrize(("said", "leads_to"), [("", "browser"), ("true", "passphrase")])
def test_the_devices_page_asks_on_the_way(meeting: Meeting, said: str, leads_to: str) -> None:
    require_end_to_end(meeting)
    attempt = meeting.answer(meeting.ana, passphrase=False)
    PreJoin.objects.filter(pk=attempt.prejoin.pk).update(encrypts_on=None)
    client = browser_of(meeting.ana)
    page = client.post(url(meeting, "devices"), {"mode": "audio", "encrypts": said})
    assert page.status_code == HTTPStatus.FOUND
    assert client.get(page["Location"])["Location"] == url(meeting, leads_to)


def test_whoever_cannot_reads_which_browsers_can(meeting: Meeting) -> None:
    require_end_to_end(meeting)
    attempt = meeting.answer(meeting.ana)
    PreJoin.objects.filter(pk=attempt.prejoin.pk).update(encrypts_on=None)
    client = browser_of(meeting.ana)
    page = client.get(url(meeting, "browser")).content.decode()
    for word in ("Chrome", "Edge", "Firefox", "Safari"):
        assert word in page
    assert PASSPHRASE not in page
    assert client.post(url(meeting, "browser"), {"encrypts": ""}).status_code == HTTPStatus.OK
    assert not is_open(meeting, meeting.ana)
    assert client.post(url(meeting, "browser"), {"encrypts": "true"}).status_code == 302
    assert is_open(meeting, meeting.ana)


def url(meeting: Meeting, name: str) -> str:
    return reverse(f"sessions:{name}", args=[meeting.session.pk])
