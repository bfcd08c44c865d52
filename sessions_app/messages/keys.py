"""The messages that carry the group's keys (MLS, RFC 9420). All bytes are opaque to the server.

It orders commits and hands bytes on. It MUST NOT open them, log them or keep them longer than the
session lives.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from sessions_app.messages.base import ClientMessage, ServerMessage
from sessions_app.messages.bounds import Between, MaxBytes, MaxItems
from sessions_app.states import KeyStanding

MAX_EPOCH = 2**31 - 1
Epoch = Annotated[int, Between(0, MAX_EPOCH)]
MAX_PACKAGE = 4_096
MAX_COMMIT = 24_576
MAX_WELCOME = 49_152
MAX_SAID = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKeyPackage(ClientMessage):
    """By which a host may add this visit to the group; the newest replaces, each is used once."""

    type: ClassVar[str] = "key_package"
    admission: UUID
    package: Annotated[bytes, MaxBytes(MAX_PACKAGE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKeys(ClientMessage):
    """What this page holds: the state is told, and every commit from this epoch on is replayed."""

    type: ClassVar[str] = "keys"
    group: UUID | None
    epoch: Epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroup(ClientMessage):
    """Make a new group the session's; `instead_of` is the present one, as this host knows it."""

    type: ClassVar[str] = "found_group"
    instead_of: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit(ClientMessage):
    """A commit made in `epoch`: the first of an epoch wins. Only hosts add and remove."""

    type: ClassVar[str] = "commit"
    group: UUID
    epoch: Epoch
    commit: Annotated[bytes, MaxBytes(MAX_COMMIT)]
    welcome: Annotated[bytes, MaxBytes(MAX_WELCOME)]
    added: Annotated[list[UUID], MaxItems(16)]
    removed: Annotated[list[UUID], MaxItems(16)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready(ClientMessage):
    """This page can open what the others send under this epoch; `switched` as in that message."""

    type: ClassVar[str] = "ready"
    group: UUID
    epoch: Epoch
    switched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched(ClientMessage):
    """Whatever this page sends from now on is sealed under this epoch."""

    type: ClassVar[str] = "switched"
    group: UUID
    epoch: Epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(ClientMessage):
    """Chat, notes, hands and reactions, sealed for the group: passed on, never stored."""

    type: ClassVar[str] = "application"
    group: UUID
    data: Annotated[bytes, MaxBytes(MAX_SAID)]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyGroupState(ServerMessage):
    """The session's group and the reader's standing in it; `group` is null before the first."""

    type: ClassVar[str] = "key_group"
    group: UUID | None
    epoch: int
    standing: KeyStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPackageOf(ServerMessage):
    """For hosts: the unused key package of somebody who waits, or who sits and has lost theirs."""

    type: ClassVar[str] = "key_package_of"
    admission: UUID
    package: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeToGroup(ServerMessage):
    """For the added alone: the way into the group at `epoch`."""

    type: ClassVar[str] = "welcome_group"
    group: UUID
    epoch: int
    welcome: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed(ServerMessage):
    """The commit that won `epoch`, in order, once on each connection. `own` ones come empty."""

    type: ClassVar[str] = "committed"
    group: UUID
    epoch: int
    commit: bytes
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRefused(ServerMessage):
    """Another commit won, or this one was not allowed; the group is at `epoch` now."""

    type: ClassVar[str] = "commit_refused"
    group: UUID
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AllReady(ServerMessage):
    """Everybody connected who could open the epoch before can open `epoch`: senders may switch."""

    type: ClassVar[str] = "all_ready"
    group: UUID
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(ServerMessage):
    """What another member of the group sent with `application`."""

    type: ClassVar[str] = "application"
    group: UUID
    data: bytes
