"""Logs as JSON lines in which only listed keys appear: what is not on the list is dropped.

MUST NOT log names, addresses of people, passphrases, locations, request bodies, query strings or
exception texts (they may quote any of these). An exception is logged as its type and frames.
"""

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "act",
        "admission",
        "attempts",
        "code",
        "connection",
        "count",
        "duration_ms",
        "error",
        "frames",
        "group",
        "method",
        "node",
        "object",
        "outcome",
        "part",
        "port",
        "reason",
        "request",
        "room",
        "route",
        "seat",
        "session",
        "sink",
        "status",
        "task",
        "user",
    }
)
FRAMES_KEPT = 8


def keep_allowed(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key in ALLOWED}


def name_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Type and places of an exception; its text may quote what a person typed."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES_KEPT:]
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def neutral_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A foreign record's message is kept as its template: the arguments may be personal."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and not event.get("_from_structlog"):
        event["event"] = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    return event


SHARED: list[Any] = [
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_settings(level: str) -> dict[str, Any]:
    """Django's LOGGING: all of it, libraries too, passes the allow-list to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    neutral_event,
                    name_exception,
                    keep_allowed,
                    structlog.processors.JSONRenderer(default=str),
                ],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True, "level": level},
            "django.server": {"handlers": [], "propagate": True, "level": level},
            "uvicorn": {"handlers": [], "propagate": True, "level": level},
            "uvicorn.access": {"handlers": [], "propagate": False},
        },
    }


def configure_structlog() -> None:
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
