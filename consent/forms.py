"""Forms of consent: editing the clauses of an agreement, signing it, and taking a lesson."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.translation import gettext, gettext_lazy

from consent.canonical import check_plain
from consent.clause_lists import Clause
from consent.clauses import clauses_of, compose
from consent.errors import TextRefused
from consent.kinds import DocumentKind
from consent.lessons import Choice, Exercise, Lesson
from consent.models import MAX_DAYS, MAX_GRACE_DAYS
from consent.reading import raw_sections
from consent.rules import topics
from consent.services.proposals import MAX_WORDS
from consent.statements import statements_for
from consent.translating import Parts, compose_parts


class PlainField(forms.CharField):
    """Words that are read as they stand: signs that hide or turn them are refused."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            check_plain(text)
        except TextRefused as error:
            raise ValidationError(gettext(error.text), code="hidden") from error
        return text


class ClauseField(PlainField):
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
        label=gettext_lazy("Your full name"),
        max_length=120,
        help_text=gettext_lazy("As in your private profile. No other member sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, statements: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statements = statements
        for key, promise in self.statements.items():
            self.fields[key] = forms.BooleanField(
                label=promise,
                error_messages={"required": gettext_lazy("Please tick this, or ask about it.")},
            )
        self.order_fields([*self.statements, "printed_name"])

    def ticks(self) -> list[forms.BoundField]:
        """The boxes, which stand in the language that is read; the rest of the page does not."""
        return [self[key] for key in self.statements]

    def ticked(self) -> set[str]:
        return {key for key in self.statements if self.cleaned_data.get(key)}


class QuestionForm(forms.Form):
    text = PlainField(
        label=gettext_lazy("Your question"),
        max_length=2000,
        help_text=gettext_lazy("Only those who lead the group read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    text = PlainField(
        label="Your answer",
        max_length=2000,
        help_text="Only the person who asked reads it. It cannot be changed afterwards.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProposalForm(forms.Form):
    topic = forms.ChoiceField(label=gettext_lazy("What is it about?"), choices=topics)
    text = PlainField(
        label=gettext_lazy("What should we agree on?"),
        max_length=MAX_WORDS,
        help_text=gettext_lazy(
            "The whole group reads it, under your name in the group, and it is kept with the "
            "group's papers. Leave out names."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )

    def about(self) -> tuple[DocumentKind, str]:
        kind, _, clause = self.cleaned_data["topic"].partition(".")
        return DocumentKind(kind), clause


class CommentForm(forms.Form):
    text = PlainField(
        label=gettext_lazy("What do you think of it?"),
        max_length=MAX_WORDS,
        help_text=gettext_lazy(
            "The whole group reads it, under your name in the group. It stays as it is."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class AcceptForm(forms.Form):
    """The clause as it will read; `base` is the hash of the text that was edited."""

    prefix = "accept"
    base = forms.CharField(max_length=64, widget=forms.HiddenInput)
    answer = PlainField(
        label="A word to the group",
        max_length=MAX_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, clause: Clause, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = field = ClauseField(clause)
        field.required = True
        field.help_text = "The proposal stands at the end. Put it into your words."
        self.order_fields(["body", "answer", "base"])


class DeclineForm(forms.Form):
    prefix = "decline"
    answer = PlainField(
        label="Why not, or not like this?",
        max_length=MAX_WORDS,
        help_text="The whole group reads it.",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class PledgeForm(forms.Form):
    is_shown = forms.BooleanField(
        label=gettext_lazy("The group may see that I pledged"), required=False, initial=True
    )


class TranslationForm(forms.Form):
    """The original stands beside each field; headings and statements are translated too."""

    def __init__(
        self, *args: Any, text: str, kind: str, former: Parts | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sections = list(raw_sections(text))
        self.originals = list(statements_for(kind).values())
        self._add(
            "title", text.partition("\n")[0].removeprefix("# "), former.title if former else ""
        )
        for number, (heading, body) in enumerate(self.sections):
            said = former.sections[number] if former and number < len(former.sections) else ("", "")
            self._add(f"heading_{number}", heading, said[0])
            self._add(f"body_{number}", body, said[1], rows=6)
        self._add("statements", "Statements", former.statements_heading if former else "")
        for number, statement in enumerate(self.originals):
            known = former.statements if former else ()
            self._add(f"statement_{number}", statement, known[number] if known else "")

    def _add(self, name: str, original: str, initial: str | None, *, rows: int = 0) -> None:
        area = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        line = forms.TextInput(attrs={"dir": "auto"})
        self.fields[name] = forms.CharField(
            label=original if not rows else "In your language",
            help_text=escape(original) if rows else "",
            initial=initial or "",
            max_length=8000,
            widget=area if rows else line,
        )

    def text(self) -> str:
        said = self.cleaned_data
        return compose_parts(
            Parts(
                said["title"],
                tuple((said[f"heading_{n}"], said[f"body_{n}"]) for n in range(len(self.sections))),
                said["statements"],
                tuple(said[f"statement_{n}"] for n in range(len(self.originals))),
            )
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of a lesson with what was chosen; `choice` is None before that."""

    exercise: Exercise
    field: forms.BoundField
    choice: Choice | None


class LessonForm(forms.Form):
    """One radio group for each question, in the lesson's order."""

    def __init__(self, *args: Any, lesson: Lesson, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lesson = lesson
        for number, exercise in enumerate(lesson.exercises, 1):
            self.fields[f"question_{number}"] = forms.ChoiceField(
                label=exercise.question,
                widget=forms.RadioSelect,
                choices=[(str(n), choice.text) for n, choice in enumerate(exercise.choices, 1)],
                error_messages={"required": "Choose what you would do."},
            )

    def answered(self) -> list[Answered]:
        return [
            Answered(exercise, self[name], self._choice(exercise, name))
            for exercise, name in zip(self.lesson.exercises, self.fields, strict=True)
        ]

    def all_right(self) -> bool:
        return all(one.choice is not None and one.choice.is_right for one in self.answered())

    def _choice(self, exercise: Exercise, name: str) -> Choice | None:
        chosen = self.cleaned_data.get(name) if self.is_bound else None
        return exercise.choices[int(chosen) - 1] if chosen else None


class LearningRuleForm(forms.Form):
    is_required = forms.BooleanField(
        label="Members take the lessons before they come into a waiting room",
        required=False,
        help_text="Otherwise the lessons are offered, and nobody is held up by them.",
    )
    renew_days = forms.IntegerField(
        label="Due again after this many days",
        min_value=1,
        max_value=MAX_DAYS,
        help_text="Then a neutral mail reminds. Where lessons are required, 30 more days remain.",
    )
