"""The filters of the agreement page, from its address."""

from typing import Any

from django import forms

from orchestrator.observation.queries import Filters
from orchestrator.observation.states import ObservationState, Result

WATCHING = ObservationState.WATCHING.value
TEXT = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
NUMBER = forms.NumberInput(attrs={"class": "form-control"})


class ObservationFilter(forms.Form):
    """Which observations to show; what makes no sense is left out."""

    result = forms.ChoiceField(
        required=False,
        choices=[("", "All"), (WATCHING, "Watching"), *Result.choices()],
        widget=forms.HiddenInput,
    )
    action = forms.CharField(required=False, max_length=80, label="Action", widget=TEXT)
    agent = forms.SlugField(required=False, max_length=60, label="Agent", widget=TEXT)
    version = forms.IntegerField(
        required=False, min_value=1, max_value=10**6, label="Version", widget=NUMBER
    )
    before = forms.RegexField(required=False, regex=r"^prp_[0-9A-Z]{26}$", widget=forms.HiddenInput)

    def given(self) -> dict[str, Any]:
        """Return what was given and makes sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def filters(self) -> Filters:
        """Return the filters of observations."""
        return Filters(**{k: v for k, v in self.given().items() if k != "before"})
