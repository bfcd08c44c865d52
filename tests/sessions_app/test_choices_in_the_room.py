"""What members choose reaches the waiting room and the circle, and only those whom it concerns."""

from typing import Any
from uuid import uuid4

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from groups.models import Membership
from groups.services import change_alias, change_choices, excuse_from_camera
from groups.states import CameraPolicy
from sessions_app import services
from sessions_app.messages import encode
from sessions_app.models import Admission
from sessions_app.states import SeatMode
from tests.cast import Visit, browser_of
from tests.sessions_app.meeting import Meeting
from tests.sessions_app.test_snapshots import seen_by


def membership(meeting: Meeting, visit: Visit) -> Membership:
    return Membership.objects.select_related("group").get(user=visit.user, group=meeting.group)


def choose(meeting: Meeting, visit: Visit, **choices: bool) -> None:
    unticked = {"starts_with_camera": False, "hides_own_picture": False, "shares_attendance": False}
    with visit.acting():
        change_choices(membership=membership(meeting, visit), **{**unticked, **choices})


def expect_cameras(meeting: Meeting) -> None:
    meeting.group.camera_policy = CameraPolicy.EXPECTED
    meeting.group.save(update_fields=["camera_policy"])


def excuse(meeting: Meeting, visit: Visit) -> None:
    with meeting.hosting():
        excuse_from_camera(membership=membership(meeting, visit), excused=True)


def seat_both(meeting: Meeting) -> Admission:
    """Ana's admission; Ben sits too."""
    meeting.open_doors()
    ana = meeting.admit(meeting.wait(meeting.ana))
    meeting.admit(meeting.wait(meeting.ben))
    return ana


def in_panel(meeting: Meeting, alias: str) -> Any:
    shown = seen_by(meeting, meeting.thea)
    seat = next(one.seat for one in shown.seats if one.alias == alias)
    return next(one for one in shown.host.seated if one.seat == seat)


def test_the_own_picture_is_hidden_from_its_owner_and_from_nobody_else(meeting: Meeting) -> None:
    seat_both(meeting)
    assert seen_by(meeting, meeting.ana).own.self_view
    before = encode(seen_by(meeting, meeting.ben), 1).split('"seats"')[1]
    choose(meeting, meeting.ana, hides_own_picture=True)
    assert not seen_by(meeting, meeting.ana).own.self_view
    assert seen_by(meeting, meeting.ben).own.self_view
    assert encode(seen_by(meeting, meeting.ben), 1).split('"seats"')[1] == before


def test_a_new_alias_is_on_the_next_tile_without_a_reload(
    meeting: Meeting, django_capture_on_commit_callbacks: Any
) -> None:
    seat_both(meeting)
    layer = get_channel_layer()
    assert layer is not None
    channel = async_to_sync(layer.new_channel)()
    async_to_sync(layer.group_add)(f"group.{meeting.group.pk.hex}", channel)
    with django_capture_on_commit_callbacks(execute=True), meeting.ana.acting():
        change_alias(membership=membership(meeting, meeting.ana), alias="Robin", pronouns="they")
    assert async_to_sync(layer.receive)(channel) == {"type": "group.changed"}
    tiles = {one.alias: one for one in seen_by(meeting, meeting.ben).seats}
    assert tiles["Robin"].pronouns == "they"
    assert "Ana" not in encode(seen_by(meeting, meeting.ben), 1)


def test_the_host_is_told_of_a_camera_that_the_group_expects(meeting: Meeting) -> None:
    ana = seat_both(meeting)
    assert not in_panel(meeting, "Ana").camera_expected
    expect_cameras(meeting)
    assert in_panel(meeting, "Ana").camera_expected
    assert not in_panel(meeting, "Thea").camera_expected
    with meeting.ana.acting():
        services.set_presence(admission=ana, mic=True, camera=True, private=True, away=False)
    assert not in_panel(meeting, "Ana").camera_expected
    assert in_panel(meeting, "Ben").camera_expected


def test_whoever_was_excused_looks_like_anybody_with_sound_only(meeting: Meeting) -> None:
    expect_cameras(meeting)
    excuse(meeting, meeting.ana)
    meeting.open_doors()
    for visit in (meeting.ana, meeting.ben):
        attempt = meeting.answer(visit)
        with visit.acting():
            waiting = services.arrive(attempt=attempt, connection=uuid4(), mode=SeatMode.AUDIO)
        assert waiting is not None
        meeting.admit(waiting)
    assert not in_panel(meeting, "Ana").camera_expected
    assert in_panel(meeting, "Ben").camera_expected
    tiles = {one.alias: one for one in seen_by(meeting, meeting.ben).seats}
    assert tiles["Ana"].mode == tiles["Ben"].mode == SeatMode.AUDIO
    assert "excused" not in encode(seen_by(meeting, meeting.ben), 1)


def devices_page(meeting: Meeting, visit: Visit) -> str:
    session = meeting.session
    attempt = meeting.answer(visit)
    assert attempt.prejoin.devices_at is None
    shown = browser_of(visit).get(f"/session/{session.pk}/devices/")
    assert shown.status_code == 200
    return shown.content.decode()


def checked_mode(page: str) -> str:
    return next(
        mode
        for mode in ("video", "audio", "text")
        if any(f'value="{mode}"' in one and "checked" in one for one in page.split("<input"))
    )


def test_the_devices_page_offers_what_was_chosen_or_agreed(meeting: Meeting) -> None:
    plain = devices_page(meeting, meeting.ben)
    assert checked_mode(plain) == "video"
    assert "data-camera-starts-on" not in plain
    expect_cameras(meeting)
    excuse(meeting, meeting.ana)
    excused = devices_page(meeting, meeting.ana)
    assert checked_mode(excused) == "audio"
    assert "data-camera-starts-on" not in excused
    assert "expects cameras" not in excused
    asked = browser_of(meeting.ben).get(f"/session/{meeting.session.pk}/devices/")
    assert "data-camera-starts-on" in asked.content.decode()
    assert "nobody can switch your camera on" in asked.content.decode()


def test_attendance_is_seen_by_the_group_only_where_it_is_shared(meeting: Meeting) -> None:
    seat_both(meeting)
    for admission in Admission.objects.exclude(user=meeting.thea.user):
        admission.connected_at = admission.waiting_since
        admission.save(update_fields=["connected_at"])
    with meeting.hosting():
        services.end_session(session=meeting.session, by=meeting.thea.user)
    page = f"/groups/{meeting.group.pk}/"
    assert "last time" not in browser_of(meeting.ben).get(page).content.decode()
    choose(meeting, meeting.ana, shares_attendance=True)
    shown = browser_of(meeting.ben).get(page).content.decode()
    assert shown.count("Was here last time") == 1
    theirs = f"{page}members/{membership(meeting, meeting.ben).pk}/"
    assert "was there" in browser_of(meeting.thea).get(theirs).content.decode()
