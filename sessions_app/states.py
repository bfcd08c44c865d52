"""The states a session, an admission and a seat can be in, and the only ways between them.

Pure values: no Django here, so that the wire protocol and the tests can import them alone.
Services move along these tables; CheckConstraints in models.py refuse any other word.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class SessionState(StrEnum):
    SCHEDULED = "scheduled"
    DOORS_OPEN = "doors_open"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"


class AdmissionState(StrEnum):
    WAITING = "waiting"
    ADMITTED = "admitted"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    LEFT = "left"
    DECLINED = "declined"
    RETURNED_TO_WAITING = "returned_to_waiting"
    REMOVED = "removed"


class SeatMode(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"


class BlockScope(StrEnum):
    SESSION = "session"
    GROUP = "group"


class KeyStanding(StrEnum):
    """How somebody who sits stands to the session's key group."""

    NONE = "none"
    ADDED = "added"
    MEMBER = "member"


class RoomKind(StrEnum):
    MAIN = "main"


class DecisionReason(StrEnum):
    """Why a host declined, returned or removed somebody: a code in the log, never prose."""

    NOT_GIVEN = "not_given"
    NOT_PRIVATE = "not_private"
    NOT_READY = "not_ready"
    UNKNOWN_PERSON = "unknown_person"
    DISRUPTION = "disruption"
    BROKE_AGREEMENT = "broke_agreement"
    SAFETY = "safety"


class OverrideReason(StrEnum):
    """Why a therapist lets somebody in who did not say where they are."""

    KNOWN_TO_THERAPIST = "known_to_therapist"
    TOLD_BY_PHONE = "told_by_phone"
    SAFETY_OF_MEMBER = "safety_of_member"


class RehearsalKind(StrEnum):
    """What may be tried before any session."""

    DEVICES = "devices"
    SPACE = "space"


class VoidReason(StrEnum):
    """What ended one attempt's answers."""

    LEFT = "left"
    REMOVED = "removed"
    SESSION_ENDED = "session_ended"
    PASSPHRASE_ROTATED = "passphrase_rotated"  # noqa: S105  (a reason, no secret)
    DOCUMENT_CHANGED = "document_changed"


SESSION_TRANSITIONS: Mapping[SessionState, frozenset[SessionState]] = {
    SessionState.SCHEDULED: frozenset(
        {SessionState.DOORS_OPEN, SessionState.CANCELLED, SessionState.ENDED}
    ),
    SessionState.DOORS_OPEN: frozenset({SessionState.LIVE, SessionState.ENDED}),
    SessionState.LIVE: frozenset({SessionState.ENDED}),
    SessionState.ENDED: frozenset(),
    SessionState.CANCELLED: frozenset(),
}

_LEAVING_A_SEAT = frozenset(
    {AdmissionState.LEFT, AdmissionState.RETURNED_TO_WAITING, AdmissionState.REMOVED}
)
ADMISSION_TRANSITIONS: Mapping[AdmissionState, frozenset[AdmissionState]] = {
    AdmissionState.WAITING: frozenset(
        {
            AdmissionState.ADMITTED,
            AdmissionState.DECLINED,
            AdmissionState.LEFT,
            AdmissionState.REMOVED,
        }
    ),
    AdmissionState.ADMITTED: _LEAVING_A_SEAT
    | {AdmissionState.CONNECTED, AdmissionState.RECONNECTING},
    AdmissionState.CONNECTED: _LEAVING_A_SEAT | {AdmissionState.RECONNECTING},
    AdmissionState.RECONNECTING: _LEAVING_A_SEAT | {AdmissionState.CONNECTED},
    AdmissionState.LEFT: frozenset(),
    AdmissionState.DECLINED: frozenset(),
    AdmissionState.RETURNED_TO_WAITING: frozenset(),
    AdmissionState.REMOVED: frozenset(),
}

SEATED = frozenset({AdmissionState.ADMITTED, AdmissionState.CONNECTED, AdmissionState.RECONNECTING})
LIVE = SEATED | {AdmissionState.WAITING}
ENDED = frozenset(AdmissionState) - LIVE
JOINABLE = frozenset({SessionState.SCHEDULED, SessionState.DOORS_OPEN, SessionState.LIVE})


def words(states: Iterable[StrEnum]) -> list[str]:
    """Their stored words, in a fixed order."""
    return sorted(state.value for state in states)
