"""Every audit event of the compliance desk: reading the log is itself in the log."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class AuditLogViewed(Event):
    """One page of entries was shown; `subject` and `session` are what it was narrowed to."""

    act: ClassVar[str] = "audit.viewed"
    summary: ClassVar[str] = "read the audit log"
    entries: int
    earlier: bool = False
