"""How long each class of record is kept; every model names its class as `retention`."""

from enum import StrEnum


class Retention(StrEnum):
    ACCOUNT = "account"
    PROFILE = "profile"
    PAPERS_SIX_YEARS = "papers-six-years"
    AUDIT_SIX_YEARS = "audit-six-years"
    ATTENDANCE_SIX_YEARS = "attendance-six-years"
    SESSION_DAYS_30 = "session-days-30"
    LOCATION_DAYS_30 = "location-days-30"
    SESSION_ONLY = "session-only"
    TRANSIENT = "transient"
    CONFIG = "config"
