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
ASSENT = (
    "I am not of age yet. By signing I say in my own name that I have read this paper, or that it "
    "was read with me, that I understand it, and that I want to keep to it. A parent or guardian "
    "signs beside me."
)
FOR_A_MINOR = (
    "By signing I declare that I am a parent or guardian of the minor named here and may decide "
    "for them, that I have read this paper and understand it, and that I agree to it for them. I "
    "agree to receive and sign it electronically. My electronic signature has the same meaning as "
    "one by hand. It gives me no access to the group, its members or its sessions."
)


def statements_for(kind: str) -> dict[str, str]:
    """Everything that a signer of this kind of document ticks, in the order of the page."""
    return {**promises_of(kind), ELECTRONIC_RECORDS: ELECTRONIC_RECORDS_PROMISE}
