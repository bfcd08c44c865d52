"""Every change of an agreement, a signature or a lesson: one transaction, one audit event each."""

from consent.services.copies import seal_copy
from consent.services.learning import complete_lesson, remind_of_lessons, set_learning_rule
from consent.services.pledges import make_pledge, show_pledge, take_back_pledge
from consent.services.policy import (
    ask_everybody_again,
    mark_reviewed,
    remind_of_review,
    set_paper_policy,
)
from consent.services.proposals import (
    accept_proposal,
    comment_on_proposal,
    decline_proposal,
    make_proposal,
    take_back_proposal,
)
from consent.services.questions import answer_question, ask_question
from consent.services.signing import sign_agreement, withdraw_signature
from consent.services.translations import drop_translation, save_translation
from consent.services.versions import publish_version, save_draft

__all__ = [
    "accept_proposal",
    "answer_question",
    "ask_everybody_again",
    "ask_question",
    "comment_on_proposal",
    "complete_lesson",
    "decline_proposal",
    "drop_translation",
    "make_pledge",
    "make_proposal",
    "mark_reviewed",
    "publish_version",
    "remind_of_lessons",
    "remind_of_review",
    "save_draft",
    "save_translation",
    "seal_copy",
    "set_learning_rule",
    "set_paper_policy",
    "show_pledge",
    "sign_agreement",
    "take_back_pledge",
    "take_back_proposal",
    "withdraw_signature",
]
