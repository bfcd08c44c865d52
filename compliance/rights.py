"""How soon a request about one's own record is answered, and how a request may go.

The days are the law's longest: 45 CFR 164.524 (copy), 164.526 (correction) and 164.528
(disclosures) each know one extension of 30 days. 164.522 (restriction) names no time; ours is 30.
"""

from dataclasses import dataclass
from datetime import timedelta

from compliance.states import RequestKind, RequestState

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Right:
    """`explains` is said to the person who asks."""

    within: timedelta
    rule: str
    explains: str
    extension: timedelta = MONTH


RIGHTS = {
    RequestKind.COPY: Right(
        MONTH,
        "45 CFR 164.524",
        "Your papers, attendance, profile, and whatever else the programme keeps about you. What "
        "Quietroom itself keeps you can take at once, on the page before this one.",
    ),
    RequestKind.CORRECTION: Right(
        2 * MONTH,
        "45 CFR 164.526",
        "Something in it is wrong or missing. Write what, and what would be right. If the "
        "programme does not agree, you may add your own words.",
    ),
    RequestKind.DISCLOSURES: Right(
        2 * MONTH,
        "45 CFR 164.528",
        "To whom outside the programme your record was given in the last six years, when, and "
        "why. Who opened it inside the programme stands on the page before this one.",
    ),
    RequestKind.RESTRICTION: Right(
        MONTH,
        "45 CFR 164.522",
        "You want something not to be used, or not to be told to somebody. The programme answers "
        "whether it can.",
    ),
}

# From a state to those that a request may go to; an answered request stays as it is.
REQUEST_STEPS = {
    RequestState.RECEIVED: frozenset(
        {RequestState.EXTENDED, RequestState.ANSWERED, RequestState.WITHDRAWN}
    ),
    RequestState.EXTENDED: frozenset({RequestState.ANSWERED, RequestState.WITHDRAWN}),
    RequestState.ANSWERED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}
