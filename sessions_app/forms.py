"""The questions on the way in, and the planning of a session."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import escape

from groups.models import Group
from groups.states import CameraPolicy
from sessions_app.models import PreJoin, Session
from sessions_app.space import MAX_ITEMS, MAX_TEXT, SpaceItem
from sessions_app.states import SeatMode

LONGEST_SESSION = timedelta(hours=4)
NOTE_LENGTH = 300


class ReminderForm(forms.Form):
    agreed = forms.BooleanField(label="I have read this, and I keep to it today")


class SpaceForm(forms.Form):
    """The programme's checklist; a required item that is unticked leads to help, not to a wall."""

    def __init__(self, *args: Any, items: Iterable[SpaceItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            self.fields[item.key] = forms.BooleanField(
                label=item.text, help_text=escape(item.why), required=item.is_required
            )


class SpaceItemForm(forms.Form):
    """One line of the checklist; without a text it is dropped."""

    key = forms.SlugField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label="What is asked", max_length=MAX_TEXT, required=False)
    why = forms.CharField(label="Why, in a few words", max_length=MAX_TEXT, required=False)
    is_required = forms.BooleanField(label="Needed to come in", required=False)

    def item(self) -> SpaceItem:
        return SpaceItem(**self.cleaned_data)


class SpaceItems(
    forms.formset_factory(SpaceItemForm, extra=2, max_num=MAX_ITEMS - 1, validate_max=True)  # type: ignore[misc]  # a class made at run time
):
    """Every line but the first, which always stays."""

    def items(self) -> list[SpaceItem]:
        return [form.item() for form in self.forms if form.cleaned_data.get("text")]


class NoteForm(forms.Form):
    note = forms.CharField(
        label="A few words to your therapist",
        max_length=NOTE_LENGTH,
        required=False,
        help_text="Only your therapist reads them. They are deleted when the session ends.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SignForm(forms.Form):
    """Until when the sign on the door holds: the session's end, unless another hour is typed."""

    until_time = forms.TimeField(
        label="Until", required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session

    def until(self) -> time:
        typed = self.cleaned_data.get("until_time") if self.is_valid() else None
        return typed or self.session.closes_at.astimezone(ZoneInfo(self.session.timezone)).time()


class NoSpaceForm(forms.Form):
    mode = forms.ChoiceField(
        label="How would you like to take part?",
        widget=forms.RadioSelect,
        choices=[
            (SeatMode.AUDIO.value, "Listen with headphones; my microphone stays off for now"),
            (SeatMode.TEXT.value, "Only be there and listen, without camera and microphone"),
        ],
        initial=SeatMode.AUDIO.value,
    )


class LocationForm(forms.Form):
    """Asked anew unless the person is where they were; never shown as "if you like"."""

    always_asked = frozenset({"location", "call_back"})

    same = forms.BooleanField(label="I am where I was last time", required=False)
    location = forms.CharField(
        label="Where are you now?",
        max_length=300,
        required=False,
        help_text="Street, number and town, so that an ambulance would find you.",
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    call_back = forms.CharField(
        label="Which number reaches you if we are cut off?",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, last: PreJoin | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last = last
        if last is None:
            del self.fields["same"]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("same") and self.last is not None:
            answers["location"] = answers.get("location") or self.last.location
            answers["call_back"] = answers.get("call_back") or self.last.call_back
        if not answers.get("location"):
            self.add_error("location", "Write where you are, or ask your therapist below.")
        if not answers.get("call_back"):
            self.add_error("call_back", "Write a number, or ask your therapist below.")
        return answers


class BrowserForm(forms.Form):
    """Filled in by the page's script, never by the person: what this browser is able to do."""

    encrypts = forms.BooleanField(widget=forms.HiddenInput)


class DevicesForm(forms.Form):
    encrypts = forms.BooleanField(required=False, widget=forms.HiddenInput)
    mode = forms.ChoiceField(label="How do you take part?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, group: Group, is_private: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [
            (SeatMode.VIDEO.value, "With camera and microphone"),
            (SeatMode.AUDIO.value, "With sound only"),
            (SeatMode.TEXT.value, "Listening only, without camera and microphone"),
        ]
        if group.camera_policy == CameraPolicy.OFF or not is_private:
            ways = ways[1:]
        field = self.fields["mode"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = ways


class PassphraseForm(forms.Form):
    passphrase = forms.CharField(
        label="The group's passphrase",
        max_length=200,
        help_text="Capital letters, spaces and dashes do not matter.",
        widget=forms.PasswordInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class ScheduleForm(forms.Form):
    """Times are those of the group's own zone."""

    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    opens = forms.TimeField(
        label="The waiting room opens at",
        help_text="Members can come in and wait from then on. Nobody is let in but by you.",
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    closes = forms.TimeField(
        label="The session ends at",
        help_text="There are 15 more minutes; then the room closes by itself.",
        widget=forms.TimeInput(attrs={"type": "time"}),
    )

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not {"day", "opens", "closes"} <= answers.keys():
            return answers
        opens_at, closes_at = self._at(answers["opens"]), self._at(answers["closes"])
        if closes_at <= opens_at:
            closes_at = self._at(answers["closes"], days=1)
        if closes_at - opens_at > LONGEST_SESSION:
            raise ValidationError("A session lasts four hours at most.", code="too_long")
        if closes_at <= timezone.now():
            raise ValidationError("This lies in the past.", code="past")
        return {**answers, "opens_at": opens_at, "closes_at": closes_at}

    def _at(self, hour: time, days: int = 0) -> datetime:
        day = self.cleaned_data["day"] + timedelta(days=days)
        zone = ZoneInfo(self.group.timezone)
        return datetime.combine(day, hour, tzinfo=zone).astimezone(UTC)
