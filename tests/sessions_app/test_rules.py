"""Every message, standing and role: what has no row here is refused, and tested so."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from audit.context import Origin
from groups.states import HOST_ROLES, SeatRole
from sessions_app.access import standing_of
from sessions_app.errors import SessionRefused
from sessions_app.messages import CLIENT_MESSAGES, HOST_MESSAGES, ClientMessage, keys
from sessions_app.messages import client as said
from sessions_app.models import Admission
from sessions_app.sockets.actor import Actor
from sessions_app.sockets.handshake import Opening
from sessions_app.sockets.rules import RULES, Standing, refusal
from sessions_app.sockets.view import Place
from sessions_app.states import (
    LIVE,
    AdmissionState,
    BlockScope,
    DecisionReason,
    OverrideReason,
    SeatMode,
)
from tests.cast import Visit
from tests.sessions_app.log import acts_so_far
from tests.sessions_app.meeting import Meeting

OUTSIDE = "outside"
WAITING = "waiting"
SEATED = "seated"

# Written a second time, by hand: a change of the code alone must fail here.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    # message: (where a member may say it, where a host may)
    "hello": ({OUTSIDE, WAITING, SEATED}, {OUTSIDE, WAITING, SEATED}),
    "ack": ({OUTSIDE, WAITING, SEATED}, {OUTSIDE, WAITING, SEATED}),
    "ping": ({OUTSIDE, WAITING, SEATED}, {OUTSIDE, WAITING, SEATED}),
    "offer": ({WAITING, SEATED}, {WAITING, SEATED}),
    "state": ({SEATED}, {SEATED}),
    "view": ({SEATED}, {SEATED}),
    "take_over": ({OUTSIDE}, {OUTSIDE}),
    "leave": ({WAITING, SEATED}, {WAITING, SEATED}),
    "key_package": ({WAITING, SEATED}, {WAITING, SEATED}),
    "keys": ({WAITING, SEATED}, {WAITING, SEATED}),
    "commit": ({SEATED}, {SEATED}),
    "ready": ({SEATED}, {SEATED}),
    "switched": ({SEATED}, {SEATED}),
    "application": ({SEATED}, {SEATED}),
    "found_group": (set(), {SEATED}),
    "open_doors": (set(), {OUTSIDE}),
    "admit": (set(), {SEATED}),
    "admit_all": (set(), {SEATED}),
    "decline": (set(), {SEATED}),
    "return": (set(), {SEATED}),
    "remove": (set(), {SEATED}),
    "override_location": (set(), {SEATED}),
    "lock": (set(), {SEATED}),
    "unlock": (set(), {SEATED}),
    "mute": (set(), {SEATED}),
    "mute_all": (set(), {SEATED}),
    "stop_video": (set(), {SEATED}),
    "allow_media": (set(), {SEATED}),
    "suspend": (set(), {SEATED}),
    "resume": (set(), {SEATED}),
    "end": (set(), {SEATED}),
}
STANDINGS: dict[Standing, str] = {
    None: OUTSIDE,
    AdmissionState.WAITING: WAITING,
    AdmissionState.ADMITTED: SEATED,
    AdmissionState.CONNECTED: SEATED,
    AdmissionState.RECONNECTING: SEATED,
}


def test_every_message_has_a_row_and_every_row_a_message() -> None:
    names = {kind.type for kind in CLIENT_MESSAGES}
    assert names == set(ALLOWED)
    assert {kind.type for kind in RULES} == names
    assert set(STANDINGS) == {None, *LIVE}


@pytest.mark.parametrize("role", list(SeatRole))
@pytest.mark.parametrize("standing", list(STANDINGS), ids=str)
@pytest.mark.parametrize("kind", CLIENT_MESSAGES, ids=lambda kind: kind.type)
def test_the_table_allows_exactly_this(
    kind: type[ClientMessage], standing: Standing, role: SeatRole
) -> None:
    for_members, for_hosts = ALLOWED[kind.type]
    allowed = for_hosts if role in HOST_ROLES else for_members
    assert (refusal(kind, role, standing) == "") is (STANDINGS[standing] in allowed)


def test_a_message_without_a_row_is_refused() -> None:
    class Unheard(ClientMessage):
        type = "unheard"

    assert refusal(Unheard, SeatRole.HOST, AdmissionState.CONNECTED) == "unknown_type"


MAKE: dict[type[ClientMessage], Callable[[Admission], ClientMessage]] = {
    said.OpenDoors: lambda ben: said.OpenDoors(),
    said.Admit: lambda ben: said.Admit(admission=ben.pk),
    said.AdmitAll: lambda ben: said.AdmitAll(),
    said.Decline: lambda ben: said.Decline(admission=ben.pk, reason=DecisionReason.NOT_READY),
    said.Return: lambda ben: said.Return(admission=ben.pk),
    said.Remove: lambda ben: said.Remove(
        admission=ben.pk, scope=BlockScope.SESSION, reason=DecisionReason.SAFETY
    ),
    said.OverrideLocation: lambda ben: said.OverrideLocation(
        person=ben.user_id, reason=OverrideReason.TOLD_BY_PHONE
    ),
    said.Lock: lambda ben: said.Lock(),
    said.Unlock: lambda ben: said.Unlock(),
    said.Mute: lambda ben: said.Mute(admission=ben.pk),
    said.MuteAll: lambda ben: said.MuteAll(),
    said.StopVideo: lambda ben: said.StopVideo(admission=ben.pk),
    said.AllowMedia: lambda ben: said.AllowMedia(admission=ben.pk),
    said.Suspend: lambda ben: said.Suspend(),
    said.Resume: lambda ben: said.Resume(),
    said.End: lambda ben: said.End(),
    keys.FoundGroup: lambda ben: keys.FoundGroup(instead_of=None),
}
WAITING_TARGET = {said.Admit, said.AdmitAll, said.Decline}


def actor_of(meeting: Meeting, visit: Visit, admission: Admission | None) -> Actor:
    standing = standing_of(visit.user, meeting.session.pk)
    assert standing is not None
    connection = admission.connection if admission and admission.connection else uuid4()
    origin = Origin(actor=visit.user.ref, actor_role=visit.user.role, auth_strength="passkey")
    place = Place(sign_in_id=visit.sign_in.pk, session_id=meeting.session.pk, connection=connection)
    return Actor(Opening(origin, visit.sign_in, standing), place)


@pytest.mark.parametrize("kind", HOST_MESSAGES, ids=lambda kind: kind.type)
def test_a_seated_member_cannot_do_what_a_host_can(
    meeting: Meeting, kind: type[ClientMessage]
) -> None:
    """The forged message of somebody inside: refused, and nothing has changed."""
    meeting.open_doors()
    ana, ben = meeting.admit(meeting.wait(meeting.ana)), meeting.wait(meeting.ben)
    before = rows(meeting)
    with pytest.raises(SessionRefused) as refused:
        actor_of(meeting, meeting.ana, ana).tell(MAKE[kind](ben))
    assert refused.value.code == "not_a_host"
    assert rows(meeting) == before


@pytest.mark.parametrize(
    "kind",
    [kind for kind in HOST_MESSAGES if kind not in (said.OpenDoors, said.OverrideLocation)],
    ids=lambda kind: kind.type,
)
def test_a_host_can_and_the_log_says_so(meeting: Meeting, kind: type[ClientMessage]) -> None:
    own = meeting.open_doors()
    ben = meeting.wait(meeting.ben)
    if kind not in WAITING_TARGET:
        ben = meeting.admit(ben)
    before = len(acts_so_far())
    actor_of(meeting, meeting.thea, own).tell(MAKE[kind](ben))
    assert len(acts_so_far()) >= before + 1


def rows(meeting: Meeting) -> list[object]:
    admissions = Admission.objects.filter(session=meeting.session).order_by("waiting_since")
    session = meeting.now()
    return [
        list(admissions.values_list("pk", "state", "seat__may_send_mic", "seat__may_send_camera")),
        session.state,
        session.locked_at,
        session.media_suspended_at,
    ]


def test_messages_without_host_rights_have_their_entries(meeting: Meeting) -> None:
    ana = meeting.wait(meeting.ana)
    actor = actor_of(meeting, meeting.ana, ana)
    assert actor.transport_ticket()
    assert acts_so_far()[-1] == "ticket.issued"
    actor.tell(said.Hello(mode=SeatMode.VIDEO))
    assert acts_so_far()[-1] == "waiting.resumed"
    meeting.open_doors()
    meeting.admit(ana)
    actor.tell(said.State(mic=True, camera=False, private=True, away=False))
    assert acts_so_far()[-1] == "media.state"
    actor.tell(said.Leave())
    assert acts_so_far()[-1] == "media.left"
