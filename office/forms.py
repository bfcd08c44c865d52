"""Forms of the office. What people write here is checked for promises and clinical words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.wording import clinical_words, promises_in
from consent.addresses import KINDS
from consent.clause_lists import Clause
from consent.clauses import clauses_of
from consent.forms import ClauseField, DraftForm
from consent.kinds import DocumentKind
from consent.standing import Standing
from groups.models import Group
from office.models import MAX_EVERY_DAYS
from office.states import ExportKind, ExportReason

STANDINGS = (
    (Standing.CURRENT, "Signed"),
    (Standing.DUE, "Due again"),
    (Standing.MISSING, "Not signed"),
    (Standing.EXPIRED, "Expired"),
    (Standing.WITHDRAWN, "Withdrawn"),
)


class GroupField(forms.ModelChoiceField):  # type: ignore[type-arg]  # of Group
    def label_from_instance(self, obj: Group) -> str:
        return obj.name


class NameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(max_length=80, widget=widget, **kwargs)


class _WithGroup(forms.Form):
    """Gives `group` the groups that may be chosen."""

    # An empty choice is an answer here, such as "All groups".
    always_asked = ("show", "kind", "group")

    def __init__(self, *args: Any, groups: QuerySet[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class FilterForm(_WithGroup):
    """Narrows the overview; an answer that is none of the choices narrows nothing."""

    show = forms.ChoiceField(
        label="Show groups with", required=False, choices=[("", "Everything"), *STANDINGS]
    )
    kind = forms.TypedChoiceField(
        label="Paper",
        required=False,
        choices=[("", "All papers"), *((slug, kind.label) for slug, kind in KINDS.items())],
        coerce=KINDS.__getitem__,
        empty_value=None,
    )
    group = GroupField(
        label="Group", required=False, queryset=Group.objects.none(), empty_label="All groups"
    )


class NewTemplateForm(forms.Form):
    kind = forms.ChoiceField(label="Kind of paper", choices=DocumentKind.choices)
    name = NameField(
        label="Name of the template",
        help_text="Staff of the programme see it: for whom or where it fits.",
    )


class TemplateForm(DraftForm):
    """Every clause may stay empty while it is written: the findings ask for what is required."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        self.always_asked = [clause.key for clause in clauses_of(kind) if clause.is_required]
        for field in self.fields.values():
            field.required = False
            field.widget.is_required = False


class BeginForm(_WithGroup):
    group = GroupField(label="Group", queryset=Group.objects.none(), empty_label=None)
    replace = forms.BooleanField(
        label="Replace a draft that the group may have of this paper", required=False
    )


class WordingForm(forms.Form):
    """One clause's wording, with the checks that a paper has."""

    name = NameField(label="Name of this wording", help_text="Such as: for minors, or New York.")

    def __init__(self, *args: Any, clause: Clause, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = ClauseField(clause)
        field.label, field.required = "Words", True
        self.fields["text"] = field

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if promised := promises_in(text):
            raise ValidationError(f"This promises what nobody can keep: {promised[0]}")
        return text


class PlanForm(forms.Form):
    every_days = forms.IntegerField(
        label="Remind every so many days",
        required=False,
        min_value=1,
        max_value=MAX_EVERY_DAYS,
        help_text="Empty: only when you ask for it. Mails leave at nine in the morning.",
    )
    sender = NameField(
        label="Sender's name in every mail",
        help_text="Others may see it on a screen: no name of a group, nothing clinical.",
    )

    def clean_sender(self) -> str:
        name = " ".join(str(self.cleaned_data["sender"]).split())
        if found := clinical_words(name):
            raise ValidationError(f"“{found[0]}” would tell others what the mail is about.")
        return name


class RemindForm(_WithGroup):
    group = GroupField(
        label="Whom",
        required=False,
        queryset=Group.objects.none(),
        empty_label="Everybody with open papers",
    )


class ExportForm(_WithGroup):
    kind = forms.ChoiceField(
        label="What", choices=ExportKind.choices, widget=forms.RadioSelect, initial="numbers"
    )
    group = GroupField(
        label="Group", required=False, queryset=Group.objects.none(), empty_label="All groups"
    )
    reason = forms.ChoiceField(label="Reason (for the log)", choices=ExportReason.choices)
