"""Every refusal of this app.

SessionRefused          base; `code` is stable, the sentence and the next step stand in refusals.py
├── TransitionRefused   the state does not allow the act
├── GateIsClosed        a gate is closed; `gate` says which
├── NotAHost            a member tried a host's act, or a host without an own admission
├── NoSuchAdmission     the act names an admission that is not in this session
├── AdmitsNobody        locked, no host, doors closed
├── RoomIsFull          every seat is taken
├── NeedsFreshFactor    taking over needs a step-up
├── OnAnotherDevice     the account is in elsewhere
├── KeysRefused         this page sends more about its keys than any page has to
├── CommitRefused       another commit won this epoch, or the group has moved on; `group` is it now
└── CoolingDown         declined less than two minutes ago

Messages hold codes and ids only.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sessions_app.models import KeyGroup


class SessionRefused(Exception):
    code = "refused"

    def __init__(self, code: str = "") -> None:
        self.code = code or type(self).code
        super().__init__(self.code)


class TransitionRefused(SessionRefused):
    code = "transition"


class GateIsClosed(SessionRefused):
    code = "gate"

    def __init__(self, gate: str) -> None:
        super().__init__(f"gate.{gate}")
        self.gate = gate


class NotAHost(SessionRefused):
    code = "not_a_host"


class NoSuchAdmission(SessionRefused):
    code = "no_such_admission"


class AdmitsNobody(SessionRefused):
    code = "admits_nobody"


class RoomIsFull(SessionRefused):
    code = "room_full"


class NeedsFreshFactor(SessionRefused):
    code = "needs_fresh_factor"


class OnAnotherDevice(SessionRefused):
    code = "on_another_device"


class KeysRefused(SessionRefused):
    code = "keys"


class CommitRefused(SessionRefused):
    code = "commit"

    def __init__(self, group: "KeyGroup | None") -> None:
        super().__init__()
        self.group = group


class CoolingDown(SessionRefused):
    code = "cooling_down"
