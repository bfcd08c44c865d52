"""What can go wrong with the audit log. No message holds what an event says.

AuditError
├── AuditUnavailable     the log did not take the entry: the act MUST NOT happen, nothing is shown
├── EventMalformed       the event could carry personal data or breaks the format
├── NotInTransaction     an act outside a transaction could happen without its entry
├── OriginUnknown        nobody said who is acting
├── WrongEventCount      a service recorded no event, two, or another than it declares
└── LogMismatch          the log disagrees with what was signed: the sequencer stops
"""


class AuditError(Exception):
    pass


class AuditUnavailable(AuditError):
    pass


class EventMalformed(AuditError):
    pass


class NotInTransaction(AuditError):
    pass


class OriginUnknown(AuditError):
    pass


class WrongEventCount(AuditError):
    pass


class LogMismatch(AuditError):
    pass
