"""The one offer of a call: 34 lines, final for its whole length.

Lines 0 to 2 send mic, camera and screen; 3 to 17 receive audio, 18 to 32 video, 33 a screen.
Joining, leaving and pausing never renegotiate: they only map seats to receiving lines.
"""

from dataclasses import dataclass

from media_relay.tickets import MAX_SEATS, Source

OTHERS = MAX_SEATS - 1


@dataclass(frozen=True, slots=True)
class LineSpec:
    """One m-line: what it carries, and whether the browser sends or receives it."""

    mid: str
    source: Source
    sends: bool

    @property
    def kind(self) -> str:
        return "audio" if self.source is Source.MIC else "video"


def _lines() -> tuple[LineSpec, ...]:
    sources = [(source, True) for source in (Source.MIC, Source.CAMERA, Source.SCREEN)]
    sources += [(Source.MIC, False)] * OTHERS
    sources += [(Source.CAMERA, False)] * OTHERS
    sources += [(Source.SCREEN, False)]
    return tuple(LineSpec(str(mid), source, sends) for mid, (source, sends) in enumerate(sources))


# The camera's layers by rid, the smallest first.
CAMERA_LAYERS = ("l", "m", "h")
LINES = _lines()
SENDING = {spec.mid: spec.source for spec in LINES if spec.sends}
RECEIVING = tuple(spec for spec in LINES if not spec.sends)
CLOCK_RATES = {Source.MIC: 48_000, Source.CAMERA: 90_000, Source.SCREEN: 90_000}
