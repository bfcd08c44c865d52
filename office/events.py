"""Every audit event of the office. Fields hold ids and codes, never a name or a text."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event, Outcome, Ref


@dataclass(frozen=True, kw_only=True)
class NumbersViewed(Event):
    act: ClassVar[str] = "office.numbers_viewed"
    summary: ClassVar[str] = "saw how many have signed which paper in each group"


@dataclass(frozen=True, kw_only=True)
class GroupNumbersViewed(Event):
    act: ClassVar[str] = "office.group_viewed"
    summary: ClassVar[str] = "saw how many of a group, and which of its therapists, have signed"


@dataclass(frozen=True, kw_only=True)
class PoliciesViewed(Event):
    act: ClassVar[str] = "office.policies_viewed"
    summary: ClassVar[str] = "compared the policies of the programme's groups"


@dataclass(frozen=True, kw_only=True)
class RemindersViewed(Event):
    act: ClassVar[str] = "office.reminders_viewed"
    summary: ClassVar[str] = "saw the rounds of reminders"


@dataclass(frozen=True, kw_only=True)
class ExportsViewed(Event):
    act: ClassVar[str] = "office.exports_viewed"
    summary: ClassVar[str] = "saw the list of exports"


@dataclass(frozen=True, kw_only=True)
class TemplateViewed(Event):
    act: ClassVar[str] = "template.viewed"
    summary: ClassVar[str] = "opened a template of the programme"


@dataclass(frozen=True, kw_only=True)
class TemplateDrafted(Event):
    act: ClassVar[str] = "template.drafted"
    summary: ClassVar[str] = "edited a template of the programme"


@dataclass(frozen=True, kw_only=True)
class TemplatePublished(Event):
    act: ClassVar[str] = "template.published"
    summary: ClassVar[str] = "published a version of a template"


@dataclass(frozen=True, kw_only=True)
class TemplateRetired(Event):
    act: ClassVar[str] = "template.retired"
    summary: ClassVar[str] = "took a template out of use"


@dataclass(frozen=True, kw_only=True)
class TemplateUsed(Event):
    act: ClassVar[str] = "template.used"
    summary: ClassVar[str] = "began a group's paper from a template"


@dataclass(frozen=True, kw_only=True)
class ClauseKept(Event):
    act: ClassVar[str] = "clause.kept"
    summary: ClassVar[str] = "kept a wording in the clause library"


@dataclass(frozen=True, kw_only=True)
class ClauseDropped(Event):
    act: ClassVar[str] = "clause.dropped"
    summary: ClassVar[str] = "took a wording out of the clause library"


@dataclass(frozen=True, kw_only=True)
class RemindersPlanned(Event):
    act: ClassVar[str] = "reminders.planned"
    summary: ClassVar[str] = "changed how often people are reminded of open papers"


@dataclass(frozen=True, kw_only=True)
class RemindersAsked(Event):
    act: ClassVar[str] = "reminders.asked"
    summary: ClassVar[str] = "asked for reminders of open papers"


@dataclass(frozen=True, kw_only=True)
class RemindersSent(Event):
    """`held` were reminded lately and got no second mail."""

    act: ClassVar[str] = "reminders.sent"
    summary: ClassVar[str] = "sent reminders of open papers"
    sent: int = 0
    held: int = 0


@dataclass(frozen=True, kw_only=True)
class PersonReminded(Event):
    act: ClassVar[str] = "reminders.person"
    summary: ClassVar[str] = "reminded somebody of open papers"


@dataclass(frozen=True, kw_only=True)
class ExportAsked(Event):
    act: ClassVar[str] = "papers_export.asked"
    summary: ClassVar[str] = "asked for an export of papers"


@dataclass(frozen=True, kw_only=True)
class ExportMade(Event):
    """`file` is the SHA-256 of what was made."""

    act: ClassVar[str] = "papers_export.made"
    summary: ClassVar[str] = "made an export of papers"
    papers: int = 0
    file: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class ExportFailed(Event):
    act: ClassVar[str] = "papers_export.failed"
    summary: ClassVar[str] = "could not make an export of papers"
    outcome: Outcome = Outcome.FAILED


@dataclass(frozen=True, kw_only=True)
class ExportTaken(Event):
    act: ClassVar[str] = "papers_export.taken"
    summary: ClassVar[str] = "downloaded an export of papers"
    file: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class SignerExported(Event):
    """One for each signer in an export that is downloaded: so a person's report knows of it."""

    act: ClassVar[str] = "papers_export.signer"
    summary: ClassVar[str] = "downloaded the signed papers of somebody in an export"


@dataclass(frozen=True, kw_only=True)
class ExportEnded(Event):
    act: ClassVar[str] = "papers_export.ended"
    summary: ClassVar[str] = "deleted an export of papers"


@dataclass(frozen=True, kw_only=True)
class OfficeRefused(Event):
    act: ClassVar[str] = "office.access.refused"
    summary: ClassVar[str] = "was refused something of the programme's office"
    outcome: Outcome = Outcome.DENIED
