"""Attesting a module, and the programme's policy."""

from typing import Any

from django import forms

from compliance.states import TrainingMode


class AttestForm(forms.Form):
    attested = forms.BooleanField()

    def __init__(self, *args: Any, statement: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attested"].label = statement


class TrainingPolicyForm(forms.Form):
    mode = forms.ChoiceField(
        label="When a therapist's training is missing or has lapsed",
        choices=TrainingMode.choices,
        widget=forms.RadioSelect,
    )
