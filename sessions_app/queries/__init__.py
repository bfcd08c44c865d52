"""Reads. Every list starts from `visible_to`; only `panel` reads true names, and only for hosts."""

from sessions_app.queries.attempts import (
    attempt_of,
    attempts_of_all,
    is_stale,
    last_located,
    live_prejoin,
)
from sessions_app.queries.keys import (
    commits_from,
    current_group,
    is_without_leaf,
    key_state,
    leaf_of,
    leaves,
    seated_without_leaf,
    unused_packages,
)
from sessions_app.queries.preparing import rehearsed, space_items
from sessions_app.queries.seats import (
    admission_at,
    connected_hosts,
    live_admission,
    live_admissions,
    main_room,
    seated,
)
from sessions_app.queries.sessions import (
    coming_for,
    is_blocked,
    last_admission,
    next_for,
    scheduled_for,
    session_of,
    visible_to,
)

__all__ = [
    "admission_at",
    "attempt_of",
    "attempts_of_all",
    "coming_for",
    "commits_from",
    "connected_hosts",
    "current_group",
    "is_blocked",
    "is_stale",
    "is_without_leaf",
    "key_state",
    "last_admission",
    "last_located",
    "leaf_of",
    "leaves",
    "live_admission",
    "live_admissions",
    "live_prejoin",
    "main_room",
    "next_for",
    "rehearsed",
    "scheduled_for",
    "seated",
    "seated_without_leaf",
    "session_of",
    "space_items",
    "unused_packages",
    "visible_to",
]
