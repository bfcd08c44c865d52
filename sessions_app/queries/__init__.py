"""Reads. Every list starts from `visible_to`; only `panel` reads true names, and only for hosts."""

from sessions_app.queries.attempts import attempt_of, attempts_of_all, is_stale, live_prejoin
from sessions_app.queries.seats import (
    connected_hosts,
    live_admission,
    live_admissions,
    main_room,
    seated,
)
from sessions_app.queries.sessions import (
    is_blocked,
    last_admission,
    next_for,
    scheduled_for,
    visible_to,
)

__all__ = [
    "attempt_of",
    "attempts_of_all",
    "connected_hosts",
    "is_blocked",
    "is_stale",
    "last_admission",
    "live_admission",
    "live_admissions",
    "live_prejoin",
    "main_room",
    "next_for",
    "scheduled_for",
    "seated",
    "visible_to",
]
