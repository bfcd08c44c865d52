"""Every audit event of the compliance desk: reading the log is itself in the log."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from audit.events import Event, Outcome
from compliance.states import TrainingMode


@dataclass(frozen=True, kw_only=True)
class DeskViewed(Event):
    act: ClassVar[str] = "desk.viewed"
    summary: ClassVar[str] = "opened the compliance desk"


@dataclass(frozen=True, kw_only=True)
class AuditLogViewed(Event):
    """One page of entries was shown; `subject` and `session` are what it was narrowed to."""

    act: ClassVar[str] = "audit.viewed"
    summary: ClassVar[str] = "read the audit log"
    entries: int
    earlier: bool = False


@dataclass(frozen=True, kw_only=True)
class EntryViewed(Event):
    act: ClassVar[str] = "audit.entry_viewed"
    summary: ClassVar[str] = "opened one entry of the audit log"


@dataclass(frozen=True, kw_only=True)
class ViewSaved(Event):
    act: ClassVar[str] = "desk.view_saved"
    summary: ClassVar[str] = "saved a view of the audit log"


@dataclass(frozen=True, kw_only=True)
class ViewForgotten(Event):
    act: ClassVar[str] = "desk.view_forgotten"
    summary: ClassVar[str] = "deleted a saved view of the audit log"


@dataclass(frozen=True, kw_only=True)
class SessionReportViewed(Event):
    act: ClassVar[str] = "desk.session_report"
    summary: ClassVar[str] = "opened the report on a session"


@dataclass(frozen=True, kw_only=True)
class PersonReportViewed(Event):
    act: ClassVar[str] = "desk.person_report"
    summary: ClassVar[str] = "opened the report on who saw a record"


@dataclass(frozen=True, kw_only=True)
class NameRevealed(Event):
    act: ClassVar[str] = "desk.name_revealed"
    summary: ClassVar[str] = "looked up a true name"


@dataclass(frozen=True, kw_only=True)
class AlertRaised(Event):
    """`object` is the alert; which entries it names stands in its row."""

    act: ClassVar[str] = "alert.raised"
    summary: ClassVar[str] = "raised an alert"
    detector: StrEnum
    entries: int


@dataclass(frozen=True, kw_only=True)
class AlertDismissed(Event):
    act: ClassVar[str] = "alert.dismissed"
    summary: ClassVar[str] = "dismissed an alert"


@dataclass(frozen=True, kw_only=True)
class AlertEscalated(Event):
    act: ClassVar[str] = "alert.escalated"
    summary: ClassVar[str] = "escalated an alert"


@dataclass(frozen=True, kw_only=True)
class AlertResolved(Event):
    act: ClassVar[str] = "alert.resolved"
    summary: ClassVar[str] = "closed an escalated alert"


@dataclass(frozen=True, kw_only=True)
class AlertsViewed(Event):
    act: ClassVar[str] = "alert.listed"
    summary: ClassVar[str] = "saw the list of alerts"


@dataclass(frozen=True, kw_only=True)
class AlertViewed(Event):
    act: ClassVar[str] = "alert.viewed"
    summary: ClassVar[str] = "opened an alert"


@dataclass(frozen=True, kw_only=True)
class ReviewOpened(Event):
    """A recurring review became due; `entries` of `population` were drawn for it."""

    act: ClassVar[str] = "review.opened"
    summary: ClassVar[str] = "drew the sample of a review"
    kind: StrEnum
    entries: int
    population: int


@dataclass(frozen=True, kw_only=True)
class ReviewsViewed(Event):
    act: ClassVar[str] = "review.listed"
    summary: ClassVar[str] = "saw the list of reviews"


@dataclass(frozen=True, kw_only=True)
class ReviewViewed(Event):
    act: ClassVar[str] = "review.viewed"
    summary: ClassVar[str] = "opened a review"


@dataclass(frozen=True, kw_only=True)
class ReviewItemTicked(Event):
    """`reason` is the finding."""

    act: ClassVar[str] = "review.ticked"
    summary: ClassVar[str] = "looked at one item of a review"


@dataclass(frozen=True, kw_only=True)
class ReviewSigned(Event):
    """`object` is the review; `questions` items were found to need a second look."""

    act: ClassVar[str] = "review.signed"
    summary: ClassVar[str] = "signed a review off"
    questions: int


@dataclass(frozen=True, kw_only=True)
class ExceptionalUseReviewed(Event):
    """`object` is the entry that was reviewed, `reason` the finding."""

    act: ClassVar[str] = "breakglass.reviewed"
    summary: ClassVar[str] = "reviewed the use of an exceptional right"


@dataclass(frozen=True, kw_only=True)
class PrivacyViewed(Event):
    act: ClassVar[str] = "privacy.viewed"
    summary: ClassVar[str] = "saw what is kept about oneself"


@dataclass(frozen=True, kw_only=True)
class ReadersViewed(Event):
    act: ClassVar[str] = "privacy.readers_viewed"
    summary: ClassVar[str] = "saw who had opened one's own record"


@dataclass(frozen=True, kw_only=True)
class OwnDataExported(Event):
    act: ClassVar[str] = "privacy.exported"
    summary: ClassVar[str] = "took a copy of one's own data"


@dataclass(frozen=True, kw_only=True)
class RequestMade(Event):
    """`reason` is the kind of the request."""

    act: ClassVar[str] = "rights.requested"
    summary: ClassVar[str] = "asked for something about one's own record"


@dataclass(frozen=True, kw_only=True)
class RequestWithdrawn(Event):
    act: ClassVar[str] = "rights.withdrawn"
    summary: ClassVar[str] = "took a request about one's own record back"


@dataclass(frozen=True, kw_only=True)
class RequestExtended(Event):
    act: ClassVar[str] = "rights.extended"
    summary: ClassVar[str] = "took more time for a request about a record"


@dataclass(frozen=True, kw_only=True)
class RequestAnswered(Event):
    """`reason` is the outcome."""

    act: ClassVar[str] = "rights.answered"
    summary: ClassVar[str] = "answered a request about a record"


@dataclass(frozen=True, kw_only=True)
class RequestsListed(Event):
    act: ClassVar[str] = "rights.listed"
    summary: ClassVar[str] = "saw the list of requests about records"


@dataclass(frozen=True, kw_only=True)
class RequestViewed(Event):
    act: ClassVar[str] = "rights.viewed"
    summary: ClassVar[str] = "opened a request about a record"


@dataclass(frozen=True, kw_only=True)
class DeskRefused(Event):
    """Asked for something that another programme's desk keeps."""

    act: ClassVar[str] = "desk.access.refused"
    summary: ClassVar[str] = "was refused something on the desk"
    outcome: Outcome = Outcome.DENIED


@dataclass(frozen=True, kw_only=True)
class TrainingViewed(Event):
    """`reason` is the module, or empty for the list."""

    act: ClassVar[str] = "training.viewed"
    summary: ClassVar[str] = "opened the training of therapists"


@dataclass(frozen=True, kw_only=True)
class TrainingAttested(Event):
    """`reason` is the module."""

    act: ClassVar[str] = "training.attested"
    summary: ClassVar[str] = "attested a module of the training"


@dataclass(frozen=True, kw_only=True)
class TrainingListed(Event):
    act: ClassVar[str] = "training.listed"
    summary: ClassVar[str] = "saw whose training holds"


@dataclass(frozen=True, kw_only=True)
class TrainingPolicyChanged(Event):
    act: ClassVar[str] = "training.policy_changed"
    summary: ClassVar[str] = "changed what lapsed training means"
    mode: TrainingMode
