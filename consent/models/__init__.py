"""The tables of this app: a group's documents and their versions, what people signed, asked,
proposed, pledged and learned.
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
from consent.models.rules import Comment, Pledge, Proposal

__all__ = [
    "MAX_DAYS",
    "MAX_GRACE_DAYS",
    "Agreement",
    "AgreementVersion",
    "Comment",
    "LearningRule",
    "LessonCompletion",
    "PaperPolicy",
    "Pledge",
    "Proposal",
    "Question",
    "SealedCopy",
    "Signature",
    "Translation",
]
