"""Denials and failures: recorded on a second connection, because the act itself is rolled back.

A flood of refusals must not fill the log or hide in it: each act and origin gets a burst of
entries per window, and what comes after is counted and summed up in one entry.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from audit.context import Origin, acting, origin
from audit.errors import AuditUnavailable
from audit.events import Event, Outcome
from audit.recording import append

ALIAS = "audit_denials"
BURST = 20
WINDOW_SECONDS = 60.0
MAX_WINDOWS = 10_000


@dataclass(frozen=True, kw_only=True)
class DenialsSummarised(Event):
    act = "audit.denials_summarised"
    summary = "was refused more often than is recorded singly"
    repeated: int
    outcome: Outcome = Outcome.DENIED


@dataclass(slots=True)
class Window:
    """The refusals of one act from one origin; `left_out` is what the summary will count."""

    ends_at: float
    origin: Origin
    last: Event
    recorded: int = 0
    left_out: int = 0


@dataclass(slots=True)
class Cap:
    """Decides which refusals are recorded singly. Bounded: when full, the oldest window closes."""

    burst: int = BURST
    window_seconds: float = WINDOW_SECONDS
    windows: dict[tuple[str, str], Window] = field(default_factory=dict)

    def admits(self, event: Event, who: Origin, *, now: float) -> bool:
        window = self.windows.get(key := (event.act, _whose(who)))
        if window is None:
            window = self.windows[key] = Window(now + self.window_seconds, who, event)
        if window.recorded < self.burst:
            window.recorded += 1
            return True
        window.last, window.left_out = event, window.left_out + 1
        return False

    def closed(self, *, now: float) -> list[Window]:
        """Takes out the windows that have ended, with those that must be summed up."""
        ended = [key for key, window in self.windows.items() if window.ends_at <= now]
        ended += list(self.windows)[: max(0, len(self.windows) - len(ended) - MAX_WINDOWS)]
        taken = [self.windows.pop(key) for key in dict.fromkeys(ended)]
        return [window for window in taken if window.left_out]

    def missed(self, event: Event, who: Origin, *, now: float) -> None:
        """A refusal that was admitted and could not be written: it is summed up later."""
        key = (event.act, _whose(who))
        window = self.windows.setdefault(key, Window(now + self.window_seconds, who, event))
        window.recorded, window.left_out = max(0, window.recorded - 1), window.left_out + 1

    def keep(self, windows: list[Window]) -> None:
        """Those that were taken out and could not be summed up."""
        for window in windows:
            key = (window.last.act, _whose(window.origin))
            if (open_again := self.windows.setdefault(key, window)) is not window:
                open_again.left_out += window.left_out


_cap = Cap()
_lock = Lock()


def deny(event: Event) -> None:
    """Records a refusal at once, whatever becomes of the caller's transaction.

    Call it after that transaction has ended, or it may wait for itself. Raises AuditUnavailable:
    the refusal stands all the same, and is summed up once the log takes entries again.
    """
    who = origin()
    _summarise_what_can_be()
    with _lock:
        admitted = _cap.admits(event, who, now=time.monotonic())
    if not admitted:
        return
    try:
        append(event, using=ALIAS)
    except AuditUnavailable:
        with _lock:
            _cap.missed(event, who, now=time.monotonic())
        raise


def _summarise_what_can_be() -> None:
    """What could not be written earlier is no reason to keep this refusal out."""
    with suppress(AuditUnavailable):
        summarise()


def summarise(*, everything: bool = False) -> None:
    """Writes what the cap left out of windows that have ended; cheap when there is none."""
    now = float("inf") if everything else time.monotonic()
    with _lock:
        ended = _cap.closed(now=now)
    for place, window in enumerate(ended):
        try:
            with acting(window.origin):
                append(_summary(window), using=ALIAS)
        except AuditUnavailable:
            with _lock:
                _cap.keep(ended[place:])
            raise


def _summary(window: Window) -> DenialsSummarised:
    last = window.last
    return DenialsSummarised(
        object=last.object,
        subject=last.subject,
        group=last.group,
        session=last.session,
        reason=last.act,
        repeated=window.left_out,
    )


def _whose(who: Origin) -> str:
    return str(who.actor) if who.actor else who.address
