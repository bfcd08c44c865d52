"""What a signer declares beside the agreement itself: electronic records, and what signing means.

These words are stored with each signature, so that a later change here changes nothing signed.
"""

from consent.clauses import promises_of

ELECTRONIC_RECORDS = "electronic_records"
ELECTRONIC_RECORDS_PROMISE = (
    "I agree to receive and sign these papers electronically. I can read this page and keep a "
    "copy of it."
)
MEANING = (
    "By signing I declare that I have read this agreement, that I understand it, and that I "
    "agree to it. I agree to receive and sign it electronically. My electronic signature has the "
    "same meaning as one by hand."
)


def statements_for(kind: str) -> dict[str, str]:
    """Everything that a signer of this kind of document ticks, in the order of the page."""
    return {**promises_of(kind), ELECTRONIC_RECORDS: ELECTRONIC_RECORDS_PROMISE}
