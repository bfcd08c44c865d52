"""The desk's filter. Everything is optional; what cannot be read is said beside its field."""

from typing import Any

from django import forms

from audit.events import Outcome, Ref
from audit.queries import Filter, Position
from compliance import words


class IdField(forms.UUIDField):
    default_error_messages = {
        "invalid": "This is not an id. Follow a link in the list instead: it fills this in."
    }


class AuditFilterForm(forms.Form):
    act = forms.ChoiceField(label="What happened", required=False)
    outcome = forms.ChoiceField(label="Outcome", required=False)
    person = IdField(
        label="Person",
        required=False,
        help_text="An id. Finds what the person did and what concerned them.",
    )
    session = IdField(label="Session", required=False, help_text="An id.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes = [(one.value, words.OUTCOMES[one]) for one in Outcome]
        self.fields["act"].choices = [("", "Everything"), *words.acts()]  # type: ignore[attr-defined]
        self.fields["outcome"].choices = [("", "Any"), *outcomes]  # type: ignore[attr-defined]

    def wanted(self) -> Filter:
        """Of a valid form; an invalid one shows nothing rather than everything."""
        told = self.cleaned_data
        return Filter(
            act=told["act"],
            outcome=told["outcome"],
            person=Ref("user", told["person"]) if told["person"] else None,
            session=Ref("session", told["session"]) if told["session"] else None,
        )


def position_of(text: str) -> Position | None:
    """Where the page begins; anything unreadable begins at the newest entry."""
    try:
        return Position.parse(text) if text else None
    except ValueError:
        return None
