"""The tables of this app: a group's documents and their versions, what people signed, asked and
learned.
"""

from consent.models.learning import LearningRule, LessonCompletion
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
    "LearningRule",
    "LessonCompletion",
    "PaperPolicy",
    "Question",
    "SealedCopy",
    "Signature",
    "Translation",
]
