"""A request about one's own record, and its answer at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from compliance.rights import REQUEST_STEPS
from compliance.states import RequestKind, RequestOutcome, RequestState

MOST_LETTERS = 4000


class RequestForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What do you ask for?"),
        choices=[(kind.value, gettext_lazy(kind.label)) for kind in RequestKind],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=MOST_LETTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "Kept encrypted. The compliance officers of your programme read it."
        ),
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        needs_words = told.get("kind") in (RequestKind.CORRECTION, RequestKind.RESTRICTION)
        if needs_words and not told.get("text", "").strip():
            said = gettext("Write what it is about, so that it can be answered.")
            self.add_error("text", said)
        return told


class AnswerForm(forms.Form):
    """`more_time` is offered once; whatever is written is read by the person who asked."""

    MORE_TIME = "more_time"

    outcome = forms.ChoiceField(label="What do you answer?", widget=forms.RadioSelect)
    comment = forms.CharField(
        label="In words for the person who asked",
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=(
            "They read it on their page. If it is not done, write why, and how to complain. "
            "It cannot be changed later."
        ),
        error_messages={"required": "Write what the person should know."},
    )

    def __init__(self, *args: Any, present: RequestState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        ways: list[tuple[str, str]] = [(one.value, str(one.label)) for one in RequestOutcome]
        if RequestState.EXTENDED in REQUEST_STEPS[present]:
            ways.append((self.MORE_TIME, "I need 30 more days, and I write why"))
        field.choices = ways
