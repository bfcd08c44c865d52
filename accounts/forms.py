"""Forms of accounts. Passwords are never trimmed, may be pasted and may hold any character."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.languages import OF_PAGES, ORIGINAL, TRANSLATED
from accounts.models import Profile

if TYPE_CHECKING:
    OfProfile = forms.ModelForm[Profile]
else:
    OfProfile = forms.ModelForm

LONGEST_PASSWORD = 256
OLDEST = 120


class PasswordField(forms.CharField):
    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(widget=widget, strip=False, max_length=LONGEST_PASSWORD, **kwargs)


class NewPasswordField(PasswordField):
    """At least 12 characters and not a well-known one: no rules about digits or signs."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "New password")
        kwargs.setdefault(
            "help_text",
            "At least 12 characters. A few unrelated words work well; your browser can make one.",
        )
        super().__init__(autocomplete="new-password", **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            validate_password(value)


class CodeField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Code")
        widget = forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}
        )
        super().__init__(widget=widget, max_length=32, **kwargs)


class SignInForm(forms.Form):
    email = forms.CharField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = PasswordField(label="Password", autocomplete="current-password")


class CodeForm(forms.Form):
    code = CodeField(help_text="The six digits in your app now, or one of your recovery codes.")


class ConfirmTotpForm(forms.Form):
    code = CodeField(label="Code from the app", help_text="The six digits that it shows now.")


class StepUpForm(forms.Form):
    password = PasswordField(label="Password", autocomplete="current-password")
    code = CodeField(
        help_text="A code that you have not used yet. If you have just used one, wait for the next."
    )


class UnlockForm(forms.Form):
    secret = PasswordField(
        label="Password or code",
        autocomplete="current-password",
        help_text="Either your password or the six digits in your app.",
    )


class PasswordChangeForm(forms.Form):
    present = PasswordField(label="Present password", autocomplete="current-password")
    new = NewPasswordField()


class ResetRequestForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class ResetForm(forms.Form):
    new = NewPasswordField()


class BirthDateField(forms.DateField):
    """A day that a living person can have been born on."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Date of birth")
        widget = forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **kwargs)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        today = timezone.now().date()
        if value and not (value <= today and today.year - value.year <= OLDEST):
            raise ValidationError("Look at the year: nobody alive was born then.", code="year")


class ProfileForm(OfProfile):
    """Beside each field stands who sees it; these sentences are promises, kept by tests."""

    born_on = BirthDateField(
        required=False,
        help_text="Only needed in groups for certain ages. Seen by your therapist and your "
        "programme. Once saved, your therapist corrects it.",
    )

    class Meta:
        model = Profile
        fields = ("true_name", "call_back", "emergency_contact", "accommodations", "language")
        labels = {
            "true_name": "Your name",
            "call_back": "Telephone number to call you back",
            "emergency_contact": "Who should be called in an emergency",
            "accommodations": "What helps you to take part",
            "language": "Language",
        }
        help_texts = {
            "true_name": "Seen by your therapist and your programme. "
            "Other members never see it: they see the alias you choose for each group.",
            "call_back": "Seen by your therapist, for when a call breaks off. Nobody else.",
            "emergency_contact": "A name and a number, for emergencies. Seen by your therapist.",
            "accommodations": "Captions, text instead of speech, breaks. Seen by your therapist.",
            "language": "Papers are shown in it where there is a translation. Papers, Our rules "
            "and My privacy also speak Arabic; every other page is in English. "
            "Seen by your therapist and your programme.",
        }
        widgets = {
            "true_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "call_back": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
            "emergency_contact": forms.Textarea(attrs={"rows": 2}),
            "accommodations": forms.Textarea(attrs={"rows": 3}),
            "language": forms.Select(
                choices=[(one.code, one.name) for one in (ORIGINAL, *TRANSLATED)]
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        born_on = self.fields["born_on"]
        born_on.initial = self.instance.born_on
        born_on.disabled = self.instance.born_on is not None
        name = self.fields["true_name"]
        name.required = True
        name.error_messages["required"] = "Your therapist needs to know whom they let in."

    def save(self, commit: bool = True) -> Profile:
        if self.cleaned_data["born_on"]:
            self.instance.birth_date = self.cleaned_data["born_on"].isoformat()
        return super().save(commit)


class LanguageForm(forms.Form):
    """At the foot of pages that speak more than one language."""

    language = forms.ChoiceField(choices=[(one.code, one.name) for one in OF_PAGES])
