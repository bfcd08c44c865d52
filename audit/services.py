"""The only ways into the audit log: `record` inside an act, `deny` beside one, `act`, `shows`.

Fail closed: when the log does not take the entry, the act is rolled back and nothing is shown.
"""

from audit.denials import deny
from audit.recording import act, record
from audit.showing import shows

__all__ = ["act", "deny", "record", "shows"]
