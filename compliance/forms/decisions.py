"""What an officer decides: on an alert, on an item of a review, on an exceptional use."""

from typing import Any

from django import forms

from compliance.states import ALERT_STEPS, AlertReason, AlertState, Finding

MOST_LETTERS = 2000
ACTS = {
    AlertState.DISMISSED: "Dismiss it: it is explained",
    AlertState.ESCALATED: "Escalate it: admins and other officers are told",
    AlertState.RESOLVED: "Close it: it was dealt with",
}


class AlertForm(forms.Form):
    state = forms.ChoiceField(label="What do you decide?", widget=forms.RadioSelect)
    reason = forms.ChoiceField(label="Why?", choices=AlertReason.choices, widget=forms.RadioSelect)
    comment = forms.CharField(
        label="What you found out",
        max_length=MOST_LETTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept encrypted, and cannot be changed later.",
    )

    def __init__(self, *args: Any, present: AlertState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(state.value, ACTS[state]) for state in ALERT_STEPS[present]]


class FindingForm(forms.Form):
    finding = forms.ChoiceField(
        label="What did you find?", choices=Finding.choices, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label="Comment",
        max_length=MOST_LETTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("finding") == Finding.QUESTION and not told.get("comment", "").strip():
            self.add_error("comment", "Write down what you want to know.")
        return told
