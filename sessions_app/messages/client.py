"""What a browser may say. Everybody may try; gates, roles and states decide what is done."""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from sessions_app.messages import keys
from sessions_app.messages.base import ClientMessage
from sessions_app.messages.bounds import Between, MaxItems, MaxLength
from sessions_app.states import BlockScope, DecisionReason, OverrideReason, SeatMode

MAX_SDP_CHARACTERS = 98_304
# Fifteen cameras and a screen.
PICTURE_LINES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(ClientMessage):
    """First on every connection: enters the waiting room, or finds the seat that is still held."""

    type: ClassVar[str] = "hello"
    mode: SeatMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack(ClientMessage):
    """All server messages up to `n` have arrived."""

    type: ClassVar[str] = "ack"
    n: Annotated[int, Between(0, 2**53 - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping(ClientMessage):
    """Keeps the connection and measures it; answered by `pong`."""

    type: ClassVar[str] = "ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(ClientMessage):
    """A fresh peer connection's offer; answered by `answer`. Again = a new transport."""

    type: ClassVar[str] = "offer"
    sdp: Annotated[str, MaxLength(MAX_SDP_CHARACTERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class State(ClientMessage):
    """What the person shows of themselves; it can only lower what a host allows, never raise it."""

    type: ClassVar[str] = "state"
    mic: bool
    camera: bool
    private: bool
    away: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View(ClientMessage):
    """How wide each line of pictures is shown, in device pixels, in the order of the lines (18 to
    33); 0 where nobody looks. What is not looked at is not sent, and nothing larger than shown."""

    type: ClassVar[str] = "view"
    widths: Annotated[list[Annotated[int, Between(0, 16_384)]], MaxItems(PICTURE_LINES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(ClientMessage):
    """Close my seat on the other device and enter here; needs a factor proved minutes ago."""

    type: ClassVar[str] = "take_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(ClientMessage):
    """Leave the waiting room or the seat for good; coming back is a new admission."""

    type: ClassVar[str] = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoors(ClientMessage):
    """Open the doors: the waiting room may now be let in, and the host takes their own seat."""

    type: ClassVar[str] = "open_doors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit(ClientMessage):
    """Let one waiting person in."""

    type: ClassVar[str] = "admit"
    admission: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitAll(ClientMessage):
    """Let everybody in who waits, is verified, confirmed a private space and is connected."""

    type: ClassVar[str] = "admit_all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(ClientMessage):
    """Not now: the person may ask again after two minutes."""

    type: ClassVar[str] = "decline"
    admission: UUID
    reason: DecisionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(ClientMessage):
    """Back to the waiting room: unheard and unseen at once."""

    type: ClassVar[str] = "return"
    admission: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(ClientMessage):
    """Out, and blocked for this session or for the group."""

    type: ClassVar[str] = "remove"
    admission: UUID
    scope: BlockScope
    reason: DecisionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideLocation(ClientMessage):
    """Let a person at the door go on without a location, for a reason that is kept."""

    type: ClassVar[str] = "override_location"
    person: UUID
    reason: OverrideReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(ClientMessage):
    """Nobody new is let in until `unlock`."""

    type: ClassVar[str] = "lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock(ClientMessage):
    """Arrivals may be let in again."""

    type: ClassVar[str] = "unlock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(ClientMessage):
    """Take the right to send a microphone, until `allow_media`."""

    type: ClassVar[str] = "mute"
    admission: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteAll(ClientMessage):
    """Mute everybody who is not a host."""

    type: ClassVar[str] = "mute_all"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopVideo(ClientMessage):
    """Take the right to send a camera, until `allow_media`."""

    type: ClassVar[str] = "stop_video"
    admission: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowMedia(ClientMessage):
    """Give back the right to send microphone and camera."""

    type: ClassVar[str] = "allow_media"
    admission: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend(ClientMessage):
    """Stop the sound and the picture of everybody at once."""

    type: ClassVar[str] = "suspend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(ClientMessage):
    """End the suspension."""

    type: ClassVar[str] = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class End(ClientMessage):
    """End the session for all."""

    type: ClassVar[str] = "end"


MEMBER_MESSAGES: tuple[type[ClientMessage], ...] = (
    Hello,
    Ack,
    Ping,
    Offer,
    State,
    View,
    TakeOver,
    Leave,
    keys.OwnKeyPackage,
    keys.HeldKeys,
    keys.Commit,
    keys.Ready,
    keys.Switched,
    keys.Say,
)
HOST_MESSAGES: tuple[type[ClientMessage], ...] = (
    OpenDoors,
    Admit,
    AdmitAll,
    Decline,
    Return,
    Remove,
    OverrideLocation,
    Lock,
    Unlock,
    Mute,
    MuteAll,
    StopVideo,
    AllowMedia,
    Suspend,
    Resume,
    End,
    keys.FoundGroup,
)
CLIENT_MESSAGES = MEMBER_MESSAGES + HOST_MESSAGES
