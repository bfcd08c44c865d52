"""Forms of consent: editing the clauses of an agreement, and signing it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from consent.clauses import CLAUSES, PROMISES, Clause, compose
from consent.statements import ELECTRONIC_RECORDS, ELECTRONIC_RECORDS_PROMISE


class ClauseField(forms.CharField):
    def __init__(self, clause: Clause) -> None:
        super().__init__(
            label=clause.heading,
            help_text=clause.question,
            required=clause.is_required,
            max_length=8000,
            widget=forms.Textarea(attrs={"rows": 8 if clause.is_required else 4}),
        )

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if any(line.startswith("#") for line in text.splitlines()):
            raise ValidationError("Please do not begin a line with #.", code="heading")
        return text


class DraftForm(forms.Form):
    """One field for each clause, so that none can be lost in editing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for clause in CLAUSES:
            self.fields[clause.key] = ClauseField(clause)

    def text(self) -> str:
        return compose(self.cleaned_data)


class SignForm(forms.Form):
    """A tick for each promise, for electronic records, and the name: that is the signature."""

    printed_name = forms.CharField(
        label="Your full name",
        max_length=120,
        help_text="As in your private profile. No other member sees it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, promise in {**PROMISES, ELECTRONIC_RECORDS: ELECTRONIC_RECORDS_PROMISE}.items():
            self.fields[key] = forms.BooleanField(
                label=promise, error_messages={"required": "Please tick this, or ask about it."}
            )
        self.order_fields([*PROMISES, ELECTRONIC_RECORDS, "printed_name"])

    def ticked(self) -> set[str]:
        return {key for key in (*PROMISES, ELECTRONIC_RECORDS) if self.cleaned_data.get(key)}
