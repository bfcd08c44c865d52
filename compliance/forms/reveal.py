"""Why a true name is looked up."""

from django import forms

from compliance.states import RevealReason


class RevealForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why do you need it?", choices=RevealReason.choices, widget=forms.RadioSelect
    )
