"""What a detector is given and what it answers. Detectors read audit metadata and nothing else.

Each one is a plain function from entries, oldest first, to hits; a hit names every entry that it
rests on, so that a person can look for themselves. MUST NOT read what people wrote or showed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Protocol
from zoneinfo import ZoneInfo

from audit.events import Ref
from audit.queries import Entry
from compliance.states import Detector

STAFF = frozenset({"therapist", "compliance", "admin"})
# Opening a record, a list of true names or a copy of what somebody signed.
VIEWS = frozenset(
    {
        *("record.viewed", "member.viewed", "people.viewed", "doc.signature_viewed"),
        *("breakglass.opened", "desk.name_revealed", "desk.person_report"),
    }
)
NETWORK_BITS = {4: 16, 6: 32}


@dataclass(frozen=True, slots=True)
class Hit:
    """`about` is the person, the address, or empty when neither is known."""

    detector: Detector
    about: str
    entries: tuple[Entry, ...]

    @property
    def since(self) -> datetime:
        return self.entries[0].recorded_at

    @property
    def until(self) -> datetime:
        return self.entries[-1].recorded_at


class Ground(Protocol):
    """What a detector may ask beside the entries; compliance/detectors/ground.py answers."""

    def zone_of(self, person: Ref) -> ZoneInfo: ...

    def is_first_use(self, sign_in: Entry) -> bool:
        """Whether a person with earlier sign-ins never used this browser before this one."""

    def cares_for(self, actor: Ref, subject: Ref) -> bool: ...


Find = Callable[[Sequence[Entry], Ground], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`explains` is the sentence on the alert: what was seen, and where the line is drawn."""

    detector: Detector
    explains: str
    next_step: str
    find: Find


def by_key(entries: Iterable[Entry], key: Callable[[Entry], str | None]) -> dict[str, list[Entry]]:
    """Entries without a key are left out."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if name := key(entry):
            found.setdefault(name, []).append(entry)
    return found


def actor_of(entry: Entry) -> str | None:
    return str(entry.actor) if entry.actor and entry.actor.kind == "user" else None


def bursts(entries: Sequence[Entry], *, size: int, within: timedelta) -> Iterator[list[Entry]]:
    """Runs of at least `size` entries, each run's last `size` within the window; none twice."""
    first = 0
    while first + size <= len(entries):
        last = first + size - 1
        if entries[last].recorded_at - entries[first].recorded_at > within:
            first += 1
            continue
        while (
            last + 1 < len(entries)
            and entries[last + 1].recorded_at - entries[last].recorded_at <= within
        ):
            last += 1
        yield list(entries[first : last + 1])
        first = last + 1


def network_of(address: str) -> str:
    """The neighbourhood of an address: a house's addresses change within it."""
    if not address:
        return ""
    found = ip_address(address)
    return str(ip_network(f"{found}/{NETWORK_BITS[found.version]}", strict=False))
