"""The filters of the page, from its address."""

from typing import Any

from django import forms

from orchestrator.reconciliation.queries import Filters
from orchestrator.reconciliation.states import Kind

KINDS = "|".join(Kind.values())
TEXT = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})


class FindingFilter(forms.Form):
    """Which org, which run and which findings; what makes no sense is left out."""

    org = forms.SlugField(required=False, widget=forms.HiddenInput)
    run = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        required=False, choices=[("", "All"), *Kind.choices()], widget=forms.HiddenInput
    )
    object_name = forms.CharField(required=False, max_length=80, label="Object", widget=TEXT)
    field = forms.CharField(required=False, max_length=80, label="Field", widget=TEXT)
    workflow = forms.SlugField(required=False, max_length=80, label="Workflow", widget=TEXT)
    reverted = forms.BooleanField(
        required=False,
        label="Only what was taken back by hand",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    after = forms.RegexField(
        required=False, regex=rf"^(?:{KINDS})-\d{{1,18}}$", widget=forms.HiddenInput
    )

    def given(self) -> dict[str, Any]:
        """Return what was given and makes sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def filters(self) -> Filters:
        """Return the filters of findings."""
        names = ("kind", "object_name", "field", "workflow", "reverted")
        return Filters(**{name: value for name, value in self.given().items() if name in names})
