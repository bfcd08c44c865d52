"""What a signer declares beside the agreement itself: electronic records, and what signing means.

These words are stored with each signature, so that a later change here changes nothing signed.
"""

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
