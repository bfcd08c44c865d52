"""The explorer's filter. Everything is optional; what cannot be read is said beside its field."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from audit.events import Outcome, Ref
from audit.queries import Filter, Position
from compliance import words
from groups.models import Program
from sessions_app.models import Session

RECENT_SESSIONS = 30


class IdField(forms.UUIDField):
    default_error_messages = {
        "invalid": "This is not an id. Follow a link in the list instead: it fills this in."
    }


class DayInput(forms.DateInput):
    input_type = "date"


class AuditFilterForm(forms.Form):
    act = forms.ChoiceField(label="What happened", required=False)
    outcome = forms.ChoiceField(label="Outcome", required=False)
    since = forms.DateField(label="From", required=False, widget=DayInput(format="%Y-%m-%d"))
    until = forms.DateField(
        label="To", required=False, widget=DayInput(format="%Y-%m-%d"), help_text="This day too."
    )
    group = forms.ChoiceField(label="Group", required=False)
    session = IdField(label="Session", required=False, help_text="An id.")
    person = IdField(
        label="Person",
        required=False,
        help_text="An id. Finds what the person did and what concerned them.",
    )
    actor = IdField(label="Who did it", required=False, help_text="An id.")
    address = forms.GenericIPAddressField(label="Network address", required=False)
    device = forms.RegexField(
        label="Browser",
        regex=r"^[A-Za-z0-9_-]{22}$",
        required=False,
        error_messages={"invalid": "This is not a browser's id. Follow a link in an entry."},
        help_text="Its random id.",
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(program.timezone)
        outcomes = [(one.value, words.OUTCOMES[one]) for one in Outcome]
        groups = [(str(group.pk), group.name) for group in program.groups.order_by("created_at")]
        self._offer("act", [("", "Everything"), *words.acts()])
        self._offer("outcome", [("", "Any"), *outcomes])
        self._offer("group", [("", "Any"), *groups])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        since, until = told.get("since"), told.get("until")
        if since and until and until < since:
            self.add_error("until", "This is before the first day.")
        return told

    def wanted(self) -> Filter:
        """Of a valid form; an invalid one shows nothing rather than everything."""
        told = self.cleaned_data
        until = told["until"] + timedelta(days=1) if told["until"] else None
        return Filter(
            act=told["act"],
            outcome=told["outcome"],
            person=_ref("user", told["person"]),
            actor=_ref("user", told["actor"]),
            group=_ref("group", told["group"]),
            session=_ref("session", told["session"]),
            address=told["address"],
            device=told["device"],
            since=self._midnight(told["since"]),
            until=self._midnight(until),
        )

    def _midnight(self, day: date | None) -> datetime | None:
        """Days are those of the programme's clocks."""
        return datetime.combine(day, time(), self.zone) if day else None


class SaveViewForm(forms.Form):
    name = forms.CharField(label="Name of this view", max_length=60)


class ReportPeriodForm(forms.Form):
    since = forms.DateField(label="From", required=False, widget=DayInput(format="%Y-%m-%d"))


def position_of(text: str) -> Position | None:
    """Where the page begins; anything unreadable begins at the newest entry."""
    try:
        return Position.parse(text) if text else None
    except ValueError:
        return None


def recent_sessions(program: Program) -> list[Session]:
    sessions = Session.objects.filter(group__program=program).select_related("group")
    return list(sessions.order_by("-opens_at")[:RECENT_SESSIONS])


def _ref(kind: str, found: Any) -> Ref | None:
    return Ref(kind, found) if found else None
