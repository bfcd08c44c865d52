"""Every audit event of the consent app. Fields hold ids and codes, never a name or a text."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event, Outcome, Ref


@dataclass(frozen=True, kw_only=True)
class AgreementDrafted(Event):
    act: ClassVar[str] = "doc.drafted"
    summary: ClassVar[str] = "edited the draft of a group's agreement"


@dataclass(frozen=True, kw_only=True)
class AgreementPublished(Event):
    act: ClassVar[str] = "doc.published"
    summary: ClassVar[str] = "published a version of a group's agreement"


@dataclass(frozen=True, kw_only=True)
class DocumentViewed(Event):
    act: ClassVar[str] = "doc.viewed"
    summary: ClassVar[str] = "opened an agreement"


@dataclass(frozen=True, kw_only=True)
class DocumentSigned(Event):
    """`object` is the signature; `record` is the digest of everything that its row says."""

    act: ClassVar[str] = "doc.signed"
    summary: ClassVar[str] = "signed an agreement"
    record: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class SignatureViewed(Event):
    act: ClassVar[str] = "doc.signature_viewed"
    summary: ClassVar[str] = "opened the copy of a signature"


@dataclass(frozen=True, kw_only=True)
class CopySealed(Event):
    act: ClassVar[str] = "doc.copy_sealed"
    summary: ClassVar[str] = "had the sealed copy of a signature made"


@dataclass(frozen=True, kw_only=True)
class CopyTaken(Event):
    act: ClassVar[str] = "doc.copy_taken"
    summary: ClassVar[str] = "downloaded the sealed copy of a signature"


@dataclass(frozen=True, kw_only=True)
class SignatureWithdrawn(Event):
    act: ClassVar[str] = "doc.withdrawn"
    summary: ClassVar[str] = "withdrew a signature"


@dataclass(frozen=True, kw_only=True)
class PapersListed(Event):
    act: ClassVar[str] = "doc.listed"
    summary: ClassVar[str] = "saw the list of own papers"


@dataclass(frozen=True, kw_only=True)
class DocumentRefused(Event):
    act: ClassVar[str] = "doc.access.refused"
    summary: ClassVar[str] = "was refused a paper"
    outcome: Outcome = Outcome.DENIED


@dataclass(frozen=True, kw_only=True)
class PaperPolicyChanged(Event):
    act: ClassVar[str] = "doc.policy_changed"
    summary: ClassVar[str] = "changed how often a group's papers are signed anew"


@dataclass(frozen=True, kw_only=True)
class PapersAskedAgain(Event):
    act: ClassVar[str] = "doc.asked_again"
    summary: ClassVar[str] = "asked everybody in a group to sign anew"


@dataclass(frozen=True, kw_only=True)
class RulesReviewed(Event):
    act: ClassVar[str] = "doc.reviewed"
    summary: ClassVar[str] = "noted that a group looked through its rules"


@dataclass(frozen=True, kw_only=True)
class SignersViewed(Event):
    act: ClassVar[str] = "doc.signers_viewed"
    summary: ClassVar[str] = "saw who signed which of a group's papers"


@dataclass(frozen=True, kw_only=True)
class TranslationDrafted(Event):
    act: ClassVar[str] = "doc.translated"
    summary: ClassVar[str] = "edited a translation of a draft"


@dataclass(frozen=True, kw_only=True)
class TranslationDropped(Event):
    act: ClassVar[str] = "doc.translation_dropped"
    summary: ClassVar[str] = "dropped a translation of a draft"


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(Event):
    act: ClassVar[str] = "doc.question_asked"
    summary: ClassVar[str] = "asked a question about a paper"


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Event):
    act: ClassVar[str] = "doc.question_answered"
    summary: ClassVar[str] = "answered a question about a paper"


@dataclass(frozen=True, kw_only=True)
class QuestionViewed(Event):
    act: ClassVar[str] = "doc.question_viewed"
    summary: ClassVar[str] = "opened a question about a paper"


@dataclass(frozen=True, kw_only=True)
class LessonsListed(Event):
    act: ClassVar[str] = "lesson.listed"
    summary: ClassVar[str] = "saw the list of lessons"


@dataclass(frozen=True, kw_only=True)
class LessonViewed(Event):
    """`reason` is the lesson."""

    act: ClassVar[str] = "lesson.viewed"
    summary: ClassVar[str] = "opened a lesson"


@dataclass(frozen=True, kw_only=True)
class LessonCompleted(Event):
    """`reason` is the lesson. What was answered on the way stands nowhere."""

    act: ClassVar[str] = "lesson.completed"
    summary: ClassVar[str] = "took a lesson"


@dataclass(frozen=True, kw_only=True)
class LessonsReminded(Event):
    act: ClassVar[str] = "lesson.reminded"
    summary: ClassVar[str] = "reminded somebody that lessons are due again"


@dataclass(frozen=True, kw_only=True)
class LearningRuleViewed(Event):
    act: ClassVar[str] = "lesson.rule_viewed"
    summary: ClassVar[str] = "saw whether lessons are required"


@dataclass(frozen=True, kw_only=True)
class LearningRuleChanged(Event):
    act: ClassVar[str] = "lesson.rule_changed"
    summary: ClassVar[str] = "changed whether lessons are required"
    required: bool
    days: int


@dataclass(frozen=True, kw_only=True)
class ReviewReminded(Event):
    act: ClassVar[str] = "doc.review_reminded"
    summary: ClassVar[str] = "reminded those who lead a group to look through its rules"


@dataclass(frozen=True, kw_only=True)
class RulesViewed(Event):
    act: ClassVar[str] = "rules.viewed"
    summary: ClassVar[str] = "opened the rules of a group"


@dataclass(frozen=True, kw_only=True)
class ProposalViewed(Event):
    act: ClassVar[str] = "rules.proposal_viewed"
    summary: ClassVar[str] = "opened a proposal about a group's rules"


@dataclass(frozen=True, kw_only=True)
class ProposalMade(Event):
    act: ClassVar[str] = "rules.proposed"
    summary: ClassVar[str] = "proposed a change of a group's rules"


@dataclass(frozen=True, kw_only=True)
class ProposalCommented(Event):
    act: ClassVar[str] = "rules.commented"
    summary: ClassVar[str] = "commented on a proposal"


@dataclass(frozen=True, kw_only=True)
class ProposalTakenBack(Event):
    act: ClassVar[str] = "rules.proposal_taken_back"
    summary: ClassVar[str] = "took back a proposal"


@dataclass(frozen=True, kw_only=True)
class ProposalAccepted(Event):
    act: ClassVar[str] = "rules.proposal_accepted"
    summary: ClassVar[str] = "wrote a proposal into the draft"


@dataclass(frozen=True, kw_only=True)
class ProposalDeclined(Event):
    act: ClassVar[str] = "rules.proposal_declined"
    summary: ClassVar[str] = "declined a proposal"


@dataclass(frozen=True, kw_only=True)
class PledgeMade(Event):
    act: ClassVar[str] = "pledge.made"
    summary: ClassVar[str] = "made the pledge"


@dataclass(frozen=True, kw_only=True)
class PledgeDisplayChanged(Event):
    act: ClassVar[str] = "pledge.display_changed"
    summary: ClassVar[str] = "chose whether the group sees the pledge"


@dataclass(frozen=True, kw_only=True)
class PledgeTakenBack(Event):
    act: ClassVar[str] = "pledge.taken_back"
    summary: ClassVar[str] = "took back the pledge"
