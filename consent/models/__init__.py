"""The tables of this app: a group's documents, their versions, what people signed and asked."""

from consent.models.papers import (
    MAX_DAYS,
    MAX_GRACE_DAYS,
    Agreement,
    AgreementVersion,
    PaperPolicy,
    Question,
    SealedCopy,
    Signature,
    Translation,
)

__all__ = [
    "MAX_DAYS",
    "MAX_GRACE_DAYS",
    "Agreement",
    "AgreementVersion",
    "PaperPolicy",
    "Question",
    "SealedCopy",
    "Signature",
    "Translation",
]
