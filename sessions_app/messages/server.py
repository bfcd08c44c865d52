"""What the server tells a browser: state, not deltas.

After each change every connection gets a fresh `snapshot` made for its own role, so that numbers
and lists reveal nothing to those who wait. Only `HostPanel` may carry true names.
"""

import json
from base64 import b64encode
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from sessions_app.messages import keys
from sessions_app.messages.base import ServerMessage
from sessions_app.messages.bounds import Between, MaxItems
from sessions_app.states import AdmissionState, SeatMode, SessionState

SEATS = 16
SeatNumber = Annotated[int, Between(1, SEATS)]


class TileRole(StrEnum):
    HOST = "host"
    COHOST = "cohost"
    MEMBER = "member"
    OBSERVER = "observer"


class TransportState(StrEnum):
    CONNECTED = "connected"
    LOST = "lost"


class LineState(StrEnum):
    WEAK = "weak"
    POOR = "poor"


class CameraLayer(StrEnum):
    """Of one camera's picture, from the smallest to the largest."""

    L = "l"
    M = "m"
    H = "h"


class SlotSource(StrEnum):
    MIC = "mic"
    CAMERA = "camera"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class IceServer:
    urls: list[str]
    username: str
    credential: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The reader's own standing. `admission` is null until they are in the waiting room.

    `was_not_added`: they wait again because no host's browser made a key for them in time.
    `self_view`: whether they want to see their own picture.
    """

    admission: AdmissionState | None
    admission_id: UUID | None
    seat: SeatNumber | None
    role: TileRole
    alias: str
    mode: SeatMode
    may_send_mic: bool
    may_send_camera: bool
    was_not_added: bool
    self_view: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """Times are the server's; `now` lets the page count without trusting the device's clock."""

    state: SessionState
    locked: bool
    suspended: bool
    host_present: bool
    opens_at: datetime
    closes_at: datetime
    now: datetime
    end_to_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatView:
    """One tile, as everybody in the room may see it."""

    seat: SeatNumber
    admission: UUID
    alias: str
    pronouns: str
    role: TileRole
    mode: SeatMode
    mic: bool
    camera: bool
    private: bool
    away: bool
    connected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPerson:
    admission: UUID
    true_name: str
    alias: str
    role: TileRole
    mode: SeatMode
    here: bool
    device_known: bool
    papers: bool
    private_space: bool
    location_confirmed: bool
    was_not_added: bool
    waiting_since: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAtTheDoor:
    """Somebody held at a gate. `needs_help`: they ran out of passphrase attempts, or asked.

    `later`: they have no private space and come another time. `note`: a few words to the host.
    """

    person: UUID
    true_name: str
    alias: str
    gate: str
    gate_title: str
    can_override: bool
    needs_help: bool
    later: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatedPerson:
    """`papers` turns false when consent is withdrawn: who sits stays until the host decides.

    `camera_expected`: by the group's rule, and not agreed otherwise; nothing is done about it.
    """

    seat: SeatNumber
    admission: UUID
    true_name: str
    papers: bool
    may_send_mic: bool
    may_send_camera: bool
    camera_expected: bool
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPanel:
    """Only ever sent to a host or co-host of this group."""

    waiting: Annotated[list[WaitingPerson], MaxItems(64)]
    at_the_door: Annotated[list[PersonAtTheDoor], MaxItems(64)]
    seated: Annotated[list[SeatedPerson], MaxItems(SEATS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A seat whose line is `weak` (small or few pictures) or `poor` (sound at best)."""

    seat: SeatNumber
    quality: LineState


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Which member's source the browser's receiving line `mid` carries now."""

    mid: str
    source: SlotSource
    seat: SeatNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome(ServerMessage):
    """The answer to `hello` and `take_over`: what a transport needs, and how often to ping."""

    type: ClassVar[str] = "welcome"
    ice_servers: Annotated[list[IceServer], MaxItems(4)]
    ping_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(ServerMessage):
    """Everything the reader may know now. `seats` is empty and `host` null for those who wait."""

    type: ClassVar[str] = "snapshot"
    own: Own
    session: SessionView
    seats: Annotated[list[SeatView], MaxItems(SEATS)]
    host: HostPanel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(ServerMessage):
    """The relay's answer to the newest `offer`."""

    type: ClassVar[str] = "answer"
    sdp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots(ServerMessage):
    """The whole mapping of receiving lines to seats; lines not named are empty."""

    type: ClassVar[str] = "slots"
    slots: Annotated[list[Slot], MaxItems(31)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines(ServerMessage):
    """Whose line is not good now, the whole state. Only ever sent to a host of this group."""

    type: ClassVar[str] = "lines"
    lines: Annotated[list[Line], MaxItems(SEATS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers(ServerMessage):
    """The largest layer of the reader's camera that anybody looks at: larger ones may rest.

    Every smaller one is sent too. A fresh peer connection begins with all of them.
    """

    type: ClassVar[str] = "layers"
    largest: CameraLayer


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport(ServerMessage):
    """`lost` asks for a fresh peer connection and a new `offer`; ICE is never restarted."""

    type: ClassVar[str] = "transport"
    state: TransportState
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateClosed(ServerMessage):
    """A gate closed again while waiting, for example by a new agreement: go to `url`."""

    type: ClassVar[str] = "gate"
    url: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondDevice(ServerMessage):
    """Instead of a place: the account is in elsewhere. A fresh factor is proved at `url`."""

    type: ClassVar[str] = "second_device"
    url: str
    factor_is_fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(ServerMessage):
    """The last message: it is over on this connection, and what to do next."""

    type: ClassVar[str] = "closed"
    reason: str
    title: str
    body: str
    next_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Error(ServerMessage):
    """One message was refused; the connection goes on. `next` says what to do."""

    type: ClassVar[str] = "error"
    code: str
    text: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong(ServerMessage):
    """The answer to `ping`."""

    type: ClassVar[str] = "pong"


SERVER_MESSAGES: tuple[type[ServerMessage], ...] = (
    Welcome,
    Snapshot,
    Answer,
    Slots,
    Lines,
    Layers,
    Transport,
    GateClosed,
    SecondDevice,
    Closed,
    Error,
    Pong,
    keys.KeyGroupState,
    keys.KeyPackageOf,
    keys.WelcomeToGroup,
    keys.Committed,
    keys.CommitRefused,
    keys.AllReady,
    keys.Said,
)
SERVER_PARTS: tuple[type[object], ...] = (
    IceServer,
    Own,
    SessionView,
    SeatView,
    WaitingPerson,
    PersonAtTheDoor,
    SeatedPerson,
    HostPanel,
    Line,
    Slot,
)


def timeless(message: ServerMessage) -> ServerMessage:
    """The message without the hour: what tells news from a repetition."""
    if not isinstance(message, Snapshot):
        return message
    return replace(message, session=replace(message.session, now=message.session.opens_at))


def encode(message: ServerMessage, n: int) -> str:
    """The frame of `message`, numbered `n`."""
    return json.dumps({"n": n, "type": message.type, **asdict(message)}, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(type(value).__name__)
