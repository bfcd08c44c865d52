"""How a signature stands at a moment: computed from the clock, so that no late task opens a door.

| standing   | what happened                                      | door   | next step           |
|------------|----------------------------------------------------|--------|---------------------|
| MISSING    | never signed, or signed only an older version      | closed | read and sign       |
| CURRENT    | signed, nothing due                                | open   | none                |
| DUE        | the interval has passed, or everybody was asked    | open   | sign again in time  |
| EXPIRED    | the grace after that has passed too                | closed | sign again          |
| WITHDRAWN  | taken back by the signer                           | closed | sign again          |
| SUPERSEDED | a newer version, or a newer signature, replaced it | closed | sign the newer one  |
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from consent.states import SignatureState

DEFAULT_GRACE_DAYS = 7
DEFAULT_REVIEW_DAYS = 7


class Standing(StrEnum):
    MISSING = "missing"
    CURRENT = "current"
    DUE = "due"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"

    @property
    def opens_door(self) -> bool:
        return self in (Standing.CURRENT, Standing.DUE)


@dataclass(frozen=True, slots=True)
class Terms:
    """A group's rules of time. `asked_again_at`: when everybody was asked to sign anew."""

    reaffirm: timedelta | None = None
    grace: timedelta = timedelta(days=DEFAULT_GRACE_DAYS)
    asked_again_at: datetime | None = None

    @classmethod
    def of_days(
        cls, reaffirm: int | None, grace: int | None, asked_again_at: datetime | None
    ) -> "Terms":
        """From columns, which are all empty for a group that never chose its terms."""
        return cls(
            timedelta(days=reaffirm) if reaffirm else None,
            timedelta(days=DEFAULT_GRACE_DAYS if grace is None else grace),
            asked_again_at,
        )

    def due_at(self, signed_at: datetime) -> datetime | None:
        moments = [signed_at + self.reaffirm] if self.reaffirm else []
        if self.asked_again_at is not None and signed_at < self.asked_again_at:
            moments.append(self.asked_again_at)
        return min(moments, default=None)

    def expires_at(self, signed_at: datetime) -> datetime | None:
        due_at = self.due_at(signed_at)
        return None if due_at is None else due_at + self.grace


def standing(*, state: str, signed_at: datetime, terms: Terms, now: datetime) -> Standing:
    if state != SignatureState.VALID:
        return Standing(state)
    due_at, expires_at = terms.due_at(signed_at), terms.expires_at(signed_at)
    if due_at is None or expires_at is None or now < due_at:
        return Standing.CURRENT
    return Standing.DUE if now < expires_at else Standing.EXPIRED
