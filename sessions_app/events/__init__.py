"""Every audit event of sessions: who was where, let in by whom, never what was said or seen."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event, Outcome
from sessions_app.states import BlockScope, SeatMode


@dataclass(frozen=True, kw_only=True)
class SessionScheduled(Event):
    act: ClassVar[str] = "session.scheduled"
    summary: ClassVar[str] = "scheduled a session"


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(Event):
    act: ClassVar[str] = "session.cancelled"
    summary: ClassVar[str] = "cancelled a session"


@dataclass(frozen=True, kw_only=True)
class DoorsOpened(Event):
    act: ClassVar[str] = "session.opened"
    summary: ClassVar[str] = "opened the doors of a session"


@dataclass(frozen=True, kw_only=True)
class SessionLocked(Event):
    act: ClassVar[str] = "session.locked"
    summary: ClassVar[str] = "locked a session"


@dataclass(frozen=True, kw_only=True)
class SessionUnlocked(Event):
    act: ClassVar[str] = "session.unlocked"
    summary: ClassVar[str] = "unlocked a session"


@dataclass(frozen=True, kw_only=True)
class HostsAbsent(Event):
    """From now on nobody is let in."""

    act: ClassVar[str] = "session.hosts_absent"
    summary: ClassVar[str] = "noticed that no host is connected"


@dataclass(frozen=True, kw_only=True)
class HostsBack(Event):
    act: ClassVar[str] = "session.hosts_back"
    summary: ClassVar[str] = "noticed that a host is connected again"


@dataclass(frozen=True, kw_only=True)
class EverybodyReturned(Event):
    """No host came back in time."""

    act: ClassVar[str] = "session.everybody_returned"
    summary: ClassVar[str] = "returned everybody to the waiting room"
    people: int


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """`reason` says whether a host did or the window closed."""

    act: ClassVar[str] = "session.ended"
    summary: ClassVar[str] = "ended a session"
    people: int = 0


@dataclass(frozen=True, kw_only=True)
class AttemptBegun(Event):
    act: ClassVar[str] = "attempt.begun"
    summary: ClassVar[str] = "began to join a session"


@dataclass(frozen=True, kw_only=True)
class ReminderAcknowledged(Event):
    act: ClassVar[str] = "reminder.acknowledged"
    summary: ClassVar[str] = "acknowledged the confidentiality reminder"


@dataclass(frozen=True, kw_only=True)
class EnvironmentAttested(Event):
    act: ClassVar[str] = "environment.attested"
    summary: ClassVar[str] = "answered for the privacy of their space"
    private: bool


@dataclass(frozen=True, kw_only=True)
class HelpAsked(Event):
    act: ClassVar[str] = "help.asked"
    summary: ClassVar[str] = "asked the therapist for help at the door"


@dataclass(frozen=True, kw_only=True)
class LaterChosen(Event):
    act: ClassVar[str] = "later.chosen"
    summary: ClassVar[str] = "found no private space and comes another time"


@dataclass(frozen=True, kw_only=True)
class LocationConfirmed(Event):
    """Where that is stands in no log."""

    act: ClassVar[str] = "location.confirmed"
    summary: ClassVar[str] = "confirmed where they are"


@dataclass(frozen=True, kw_only=True)
class LocationOverridden(Event):
    act: ClassVar[str] = "location.overridden"
    summary: ClassVar[str] = "let somebody go on without a location"


@dataclass(frozen=True, kw_only=True)
class BrowserAttested(Event):
    act: ClassVar[str] = "browser.attested"
    summary: ClassVar[str] = "came with a browser that can encrypt end to end"


@dataclass(frozen=True, kw_only=True)
class DevicesChosen(Event):
    act: ClassVar[str] = "device.chosen"
    summary: ClassVar[str] = "chose how to take part"
    mode: SeatMode


@dataclass(frozen=True, kw_only=True)
class PassphraseAccepted(Event):
    act: ClassVar[str] = "passphrase.ok"
    summary: ClassVar[str] = "gave the right passphrase"


@dataclass(frozen=True, kw_only=True)
class PassphraseFailed(Event):
    act: ClassVar[str] = "passphrase.failed"
    summary: ClassVar[str] = "gave a wrong passphrase"
    outcome: Outcome = Outcome.FAILED


@dataclass(frozen=True, kw_only=True)
class PassphraseSlowed(Event):
    act: ClassVar[str] = "passphrase.slowed"
    summary: ClassVar[str] = "tried the passphrase too often"
    outcome: Outcome = Outcome.DENIED


@dataclass(frozen=True, kw_only=True)
class WaitingRoomEntered(Event):
    act: ClassVar[str] = "waiting.entered"
    summary: ClassVar[str] = "entered the waiting room"


@dataclass(frozen=True, kw_only=True)
class WaitingRoomResumed(Event):
    act: ClassVar[str] = "waiting.resumed"
    summary: ClassVar[str] = "came back to the place they still held"


@dataclass(frozen=True, kw_only=True)
class HostSeated(Event):
    act: ClassVar[str] = "admission.host_seated"
    summary: ClassVar[str] = "took the host's own seat"


@dataclass(frozen=True, kw_only=True)
class ParticipantAdmitted(Event):
    act: ClassVar[str] = "admission.admitted"
    summary: ClassVar[str] = "admitted somebody"


@dataclass(frozen=True, kw_only=True)
class AllVerifiedAdmitted(Event):
    act: ClassVar[str] = "admission.all_admitted"
    summary: ClassVar[str] = "admitted everybody who was verified"
    people: int


@dataclass(frozen=True, kw_only=True)
class ParticipantDeclined(Event):
    act: ClassVar[str] = "admission.declined"
    summary: ClassVar[str] = "declined somebody for now"


@dataclass(frozen=True, kw_only=True)
class ParticipantReturned(Event):
    act: ClassVar[str] = "admission.returned"
    summary: ClassVar[str] = "returned somebody to the waiting room"


@dataclass(frozen=True, kw_only=True)
class ParticipantRemoved(Event):
    act: ClassVar[str] = "admission.removed"
    summary: ClassVar[str] = "removed and blocked somebody"
    scope: BlockScope


@dataclass(frozen=True, kw_only=True)
class SeatTakenOver(Event):
    act: ClassVar[str] = "admission.taken_over"
    summary: ClassVar[str] = "took their place over on another device"


@dataclass(frozen=True, kw_only=True)
class ParticipantLeft(Event):
    """`reason` tells leaving from a lost connection."""

    act: ClassVar[str] = "media.left"
    summary: ClassVar[str] = "left"


@dataclass(frozen=True, kw_only=True)
class TransportTicketIssued(Event):
    act: ClassVar[str] = "ticket.issued"
    summary: ClassVar[str] = "got a ticket for the relay's handshake"


@dataclass(frozen=True, kw_only=True)
class MediaJoined(Event):
    act: ClassVar[str] = "media.joined"
    summary: ClassVar[str] = "was connected to the room"


@dataclass(frozen=True, kw_only=True)
class MediaLost(Event):
    act: ClassVar[str] = "media.lost"
    summary: ClassVar[str] = "lost the connection to the room"


@dataclass(frozen=True, kw_only=True)
class PresenceChanged(Event):
    act: ClassVar[str] = "media.state"
    summary: ClassVar[str] = "changed what they show of themselves"
    mic: bool
    camera: bool
    private: bool
    away: bool


@dataclass(frozen=True, kw_only=True)
class ParticipantMuted(Event):
    act: ClassVar[str] = "host.muted"
    summary: ClassVar[str] = "muted somebody"


@dataclass(frozen=True, kw_only=True)
class EverybodyMuted(Event):
    act: ClassVar[str] = "host.muted_all"
    summary: ClassVar[str] = "muted everybody"
    people: int


@dataclass(frozen=True, kw_only=True)
class VideoStopped(Event):
    act: ClassVar[str] = "host.video_stopped"
    summary: ClassVar[str] = "stopped somebody's video"


@dataclass(frozen=True, kw_only=True)
class MediaAllowed(Event):
    act: ClassVar[str] = "host.media_allowed"
    summary: ClassVar[str] = "allowed somebody to speak and be seen again"


@dataclass(frozen=True, kw_only=True)
class MediaSuspended(Event):
    act: ClassVar[str] = "host.suspended_all"
    summary: ClassVar[str] = "suspended all sound and picture"


@dataclass(frozen=True, kw_only=True)
class MediaResumed(Event):
    act: ClassVar[str] = "host.resumed_all"
    summary: ClassVar[str] = "ended the suspension of sound and picture"


@dataclass(frozen=True, kw_only=True)
class KeyGroupFounded(Event):
    """A host's browser made the keys of this session anew."""

    act: ClassVar[str] = "key.founded"
    summary: ClassVar[str] = "began a new key group"


@dataclass(frozen=True, kw_only=True)
class KeyEpochBegun(Event):
    """The numbers alone: no key and no message of the group is known here."""

    act: ClassVar[str] = "key.epoch"
    summary: ClassVar[str] = "changed the keys of the room"
    epoch: int
    added: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class ParticipantNotAdded(Event):
    act: ClassVar[str] = "admission.not_added"
    summary: ClassVar[str] = "went back to waiting, because no key was made for them in time"


@dataclass(frozen=True, kw_only=True)
class SocketOpened(Event):
    """Committed before the handshake is accepted."""

    act: ClassVar[str] = "socket.opened"
    summary: ClassVar[str] = "opened the session's page"


@dataclass(frozen=True, kw_only=True)
class SocketRefused(Event):
    act: ClassVar[str] = "socket.refused"
    summary: ClassVar[str] = "was refused at the session's socket"
    outcome: Outcome = Outcome.DENIED


@dataclass(frozen=True, kw_only=True)
class ActRefused(Event):
    """`reason` is the refusal's code."""

    act: ClassVar[str] = "session.act_refused"
    summary: ClassVar[str] = "tried an act that was refused"
    outcome: Outcome = Outcome.DENIED


@dataclass(frozen=True, kw_only=True)
class SessionAccessRefused(Event):
    act: ClassVar[str] = "session.access_refused"
    summary: ClassVar[str] = "asked for a session that is not theirs"
    outcome: Outcome = Outcome.DENIED


@dataclass(frozen=True, kw_only=True)
class TodayShown(Event):
    act: ClassVar[str] = "today.viewed"
    summary: ClassVar[str] = "opened Today"


@dataclass(frozen=True, kw_only=True)
class PreJoinShown(Event):
    act: ClassVar[str] = "prejoin.viewed"
    summary: ClassVar[str] = "opened a page on the way into a session"


@dataclass(frozen=True, kw_only=True)
class RoomShown(Event):
    act: ClassVar[str] = "room.viewed"
    summary: ClassVar[str] = "opened the room's page"


@dataclass(frozen=True, kw_only=True)
class LeftShown(Event):
    act: ClassVar[str] = "left.viewed"
    summary: ClassVar[str] = "opened the page after a session"


@dataclass(frozen=True, kw_only=True)
class ScheduleShown(Event):
    act: ClassVar[str] = "schedule.viewed"
    summary: ClassVar[str] = "opened the schedule of a group"


@dataclass(frozen=True, kw_only=True)
class LocationsPurged(Event):
    act: ClassVar[str] = "location.purged"
    summary: ClassVar[str] = "deleted locations that were kept long enough"
    people: int
