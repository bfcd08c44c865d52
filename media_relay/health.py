"""Whose line is weak, in two steps, for the host's panel.

Judged once a second from what the relay measures anyway, and told only when it has lasted:
a line that is bad for a moment is nobody's concern.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# Loss that repair did not undo.
WEAK_LOSS, POOR_LOSS = 0.05, 0.15
LASTING_SECONDS = 6


class LineQuality(StrEnum):
    """GOOD is never told; WEAK shows small or few pictures; POOR has sound at best."""

    GOOD = "good"
    WEAK = "weak"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One seat whose line is not good."""

    seat: int
    quality: LineQuality


def quality_of(
    *, loss_up: float, loss_down: float, wanted: int, shown: int, small: int
) -> LineQuality:
    """`wanted` pictures, of which `shown` are sent and `small` of them smaller than looked at."""
    loss = max(loss_up, loss_down)
    if loss > POOR_LOSS or (wanted and not shown):
        return LineQuality.POOR
    if loss > WEAK_LOSS or shown < wanted or small:
        return LineQuality.WEAK
    return LineQuality.GOOD


@dataclass(slots=True)
class RoomHealth:
    """The lines of one room, by connection; `hear` once a second."""

    _told: dict[str, LineQuality] = field(default_factory=dict)
    _seen: dict[str, tuple[LineQuality, int]] = field(default_factory=dict)

    def hear(self, now: Mapping[str, LineQuality]) -> bool:
        """True when what is told has changed."""
        before = dict(self._told)
        for connection, quality in now.items():
            last, lasted = self._seen.get(connection, (quality, 0))
            lasted = lasted + 1 if quality is last else 1
            self._seen[connection] = (quality, lasted)
            if lasted >= LASTING_SECONDS:
                self._told[connection] = quality
        for gone in self._seen.keys() - now.keys():
            del self._seen[gone]
            self._told.pop(gone, None)
        return before != self._told

    def of(self, connection: str) -> LineQuality:
        """What was told of this line last."""
        return self._told.get(connection, LineQuality.GOOD)
