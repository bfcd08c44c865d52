"""Every change of an agreement, a signature or a lesson: one transaction, one audit event each."""

from consent.services.copies import seal_copy
from consent.services.learning import complete_lesson, remind_of_lessons, set_learning_rule
from consent.services.policy import ask_everybody_again, mark_reviewed, set_paper_policy
from consent.services.questions import answer_question, ask_question
from consent.services.signing import sign_agreement, withdraw_signature
from consent.services.translations import drop_translation, save_translation
from consent.services.versions import publish_version, save_draft

__all__ = [
    "answer_question",
    "ask_everybody_again",
    "ask_question",
    "complete_lesson",
    "drop_translation",
    "mark_reviewed",
    "publish_version",
    "remind_of_lessons",
    "save_draft",
    "save_translation",
    "seal_copy",
    "set_learning_rule",
    "set_paper_policy",
    "sign_agreement",
    "withdraw_signature",
]
