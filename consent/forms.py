"""Forms of consent: editing the clauses of an agreement, and signing it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from consent.canonical import check_plain
from consent.clause_lists import Clause
from consent.clauses import clauses_of, compose
from consent.errors import TextRefused
from consent.models import MAX_DAYS, MAX_GRACE_DAYS
from consent.statements import statements_for


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
        try:
            check_plain(text)
        except TextRefused as error:
            raise ValidationError(error.text, code="hidden") from error
        return text


class DraftForm(forms.Form):
    """One field for each clause, so that none can be lost in editing."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for clause in clauses_of(kind):
            self.fields[clause.key] = ClauseField(clause)

    def text(self) -> str:
        return compose(self.cleaned_data, self.kind)


class VariablesForm(forms.Form):
    """One field for each word in braces that is still open."""

    def __init__(self, *args: Any, names: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in names:
            self.fields[name] = forms.CharField(
                label=name.replace("_", " ").capitalize(), max_length=400
            )


class PaperPolicyForm(forms.Form):
    reaffirm_days = forms.IntegerField(
        label="Sign anew after this many days",
        required=False,
        min_value=1,
        max_value=MAX_DAYS,
        help_text="Empty: only a new version asks for a new signature.",
    )
    grace_days = forms.IntegerField(
        label="Days of grace",
        min_value=0,
        max_value=MAX_GRACE_DAYS,
        help_text="So long the door stays open for somebody who is asked to sign anew.",
    )
    review_days = forms.IntegerField(
        label="Look through the rules every so many days", min_value=1, max_value=MAX_DAYS
    )


class SignForm(forms.Form):
    """A tick for each promise, for electronic records, and the name: that is the signature."""

    printed_name = forms.CharField(
        label="Your full name",
        max_length=120,
        help_text="As in your private profile. No other member sees it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statements = statements_for(kind)
        for key, promise in self.statements.items():
            self.fields[key] = forms.BooleanField(
                label=promise, error_messages={"required": "Please tick this, or ask about it."}
            )
        self.order_fields([*self.statements, "printed_name"])

    def ticked(self) -> set[str]:
        return {key for key in self.statements if self.cleaned_data.get(key)}
