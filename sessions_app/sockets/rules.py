"""Who may say what, and where they must stand to say it. What has no row is refused.

This table is the first door only: every service asks again under the session's lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from groups.states import HOST_ROLES, SeatRole
from sessions_app.messages import client as said
from sessions_app.messages import keys
from sessions_app.messages.base import ClientMessage
from sessions_app.messages.client import HOST_MESSAGES
from sessions_app.states import LIVE, SEATED, AdmissionState

Standing = AdmissionState | None
EVERYBODY = frozenset(SeatRole)
OUTSIDE: frozenset[Standing] = frozenset({None})
ANYWHERE: frozenset[Standing] = OUTSIDE | LIVE
PLACED: frozenset[Standing] = frozenset(LIVE)
IN_THE_ROOM: frozenset[Standing] = frozenset(SEATED)


@dataclass(frozen=True, slots=True)
class Rule:
    roles: frozenset[SeatRole]
    standings: frozenset[Standing]


RULES: Mapping[type[ClientMessage], Rule] = {
    said.Hello: Rule(EVERYBODY, ANYWHERE),
    said.Ack: Rule(EVERYBODY, ANYWHERE),
    said.Ping: Rule(EVERYBODY, ANYWHERE),
    said.Offer: Rule(EVERYBODY, PLACED),
    said.State: Rule(EVERYBODY, IN_THE_ROOM),
    said.View: Rule(EVERYBODY, IN_THE_ROOM),
    said.TakeOver: Rule(EVERYBODY, OUTSIDE),
    said.Leave: Rule(EVERYBODY, PLACED),
    keys.OwnKeyPackage: Rule(EVERYBODY, PLACED),
    keys.HeldKeys: Rule(EVERYBODY, PLACED),
    keys.Commit: Rule(EVERYBODY, IN_THE_ROOM),
    keys.Ready: Rule(EVERYBODY, IN_THE_ROOM),
    keys.Switched: Rule(EVERYBODY, IN_THE_ROOM),
    keys.Say: Rule(EVERYBODY, IN_THE_ROOM),
    keys.FoundGroup: Rule(HOST_ROLES, IN_THE_ROOM),
    said.OpenDoors: Rule(HOST_ROLES, OUTSIDE),
    said.Admit: Rule(HOST_ROLES, IN_THE_ROOM),
    said.AdmitAll: Rule(HOST_ROLES, IN_THE_ROOM),
    said.Decline: Rule(HOST_ROLES, IN_THE_ROOM),
    said.Return: Rule(HOST_ROLES, IN_THE_ROOM),
    said.Remove: Rule(HOST_ROLES, IN_THE_ROOM),
    said.OverrideLocation: Rule(HOST_ROLES, IN_THE_ROOM),
    said.Lock: Rule(HOST_ROLES, IN_THE_ROOM),
    said.Unlock: Rule(HOST_ROLES, IN_THE_ROOM),
    said.Mute: Rule(HOST_ROLES, IN_THE_ROOM),
    said.MuteAll: Rule(HOST_ROLES, IN_THE_ROOM),
    said.StopVideo: Rule(HOST_ROLES, IN_THE_ROOM),
    said.AllowMedia: Rule(HOST_ROLES, IN_THE_ROOM),
    said.Suspend: Rule(HOST_ROLES, IN_THE_ROOM),
    said.Resume: Rule(HOST_ROLES, IN_THE_ROOM),
    said.End: Rule(HOST_ROLES, IN_THE_ROOM),
}


def refusal(kind: type[ClientMessage], role: SeatRole, standing: Standing) -> str:
    """Empty when the message may be tried; otherwise the code of the refusal."""
    rule = RULES.get(kind)
    if rule is None:
        return "unknown_type"
    if role not in rule.roles:
        return "not_a_host"
    if standing in rule.standings:
        return ""
    return "no_own_admission" if kind in HOST_MESSAGES else "not_now"
