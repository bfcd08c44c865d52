"""What is done to the log itself stands in the log."""

from dataclasses import dataclass

from audit.events import Event, Outcome


@dataclass(frozen=True, kw_only=True)
class LogExported(Event):
    """`object` is the SHA-256 of the bundle's manifest: the log vouches for what left it."""

    act = "audit.exported"
    summary = "exported entries of the audit log"
    first: int
    count: int


@dataclass(frozen=True, kw_only=True)
class BodiesRetired(Event):
    """`object` is the SHA-256 of the manifest of the export made before."""

    act = "audit.bodies_retired"
    summary = "let the bodies of a month go after their retention"
    year: int
    month: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class HoldPlaced(Event):
    act = "audit.hold_placed"
    summary = "placed a legal hold on audit entries"


@dataclass(frozen=True, kw_only=True)
class HoldReleased(Event):
    act = "audit.hold_released"
    summary = "released a legal hold on audit entries"


@dataclass(frozen=True, kw_only=True)
class LogVerified(Event):
    """Every entry up to `size` was checked against its leaf, the checkpoints and the anchors."""

    act = "log.verified"
    summary = "checked the whole audit log and found it whole"
    size: int


@dataclass(frozen=True, kw_only=True)
class LogMismatched(Event):
    """The check named a first bad entry; which one stands in the process's log."""

    act = "log.mismatch"
    summary = "checked the audit log and found something wrong"
    outcome: Outcome = Outcome.FAILED
