"""Sender clocks: publishers' sender reports translated to the relay's own clock.

Lips stay in step because all streams of one publisher share one offset: the smallest
difference seen between their clock and ours, which is the fastest trip.
"""

import time
from dataclasses import dataclass, field

from media_relay.rtcp import SenderReport

_NTP_EPOCH = 2_208_988_800
# Crystals differ by less than this; the offset may creep up that fast.
_DRIFT = 200e-6


class NtpClock:
    """NTP time that never jumps: the wall clock at start, moved on by the monotonic one."""

    def __init__(self) -> None:
        self._start = time.time() + _NTP_EPOCH - time.monotonic()

    def at(self, monotonic: float) -> float:
        """NTP seconds at a monotonic instant."""
        return self._start + monotonic


def ntp_bits(seconds: float) -> int:
    """Seconds as the 32.32 fixed point of RTCP."""
    return int(seconds * (1 << 32)) & 0xFFFFFFFFFFFFFFFF


@dataclass(slots=True)
class _Heard:
    ntp: float
    timestamp: int
    middle: int
    at: float


@dataclass(slots=True)
class SenderClock:
    """What one publisher's sender reports have told."""

    _offset: float | None = None
    _offset_at: float = 0.0
    _heard: dict[int, _Heard] = field(default_factory=dict)

    def hear(self, report: SenderReport, now: float, ntp_now: float) -> None:
        """A sender report arrived."""
        sent = report.ntp / (1 << 32)
        sample = ntp_now - sent
        if self._offset is None:
            self._offset = sample
        else:
            self._offset = min(self._offset + (now - self._offset_at) * _DRIFT, sample)
        self._offset_at = now
        self._heard[report.ssrc] = _Heard(sent, report.timestamp, report.ntp >> 16, now)

    def timestamp_at(
        self, ssrc: int, ntp_now: float, clock_rate: int, *, since: float = 0.0
    ) -> int | None:
        """The stream's RTP timestamp at this instant of the relay's clock.

        None without a report heard after `since`: a browser's audio timestamps stand still while
        its track is away, so an older report would put sound and picture seconds apart.
        """
        heard = self._heard.get(ssrc)
        if heard is None or self._offset is None or heard.at < since:
            return None
        elapsed = ntp_now - (heard.ntp + self._offset)
        return int(heard.timestamp + elapsed * clock_rate) & 0xFFFFFFFF

    def echoes(self, now: float) -> dict[int, tuple[int, int]]:
        """(LSR, DLSR) by SSRC for the next receiver report."""
        return {
            ssrc: (heard.middle & 0xFFFFFFFF, int((now - heard.at) * 65_536) & 0xFFFFFFFF)
            for ssrc, heard in self._heard.items()
        }
