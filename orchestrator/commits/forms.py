"""What people enter on the pages of failures and controls."""

from typing import Any

from django import forms

from orchestrator.commits.control_choices import Group

LONGEST_REASON = 500


class ReasonForm(forms.Form):
    """Why: the ledger keeps it."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label="Why",
        error_messages={"required": "Say in a sentence why."},
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )


class HaltForm(ReasonForm):
    """What to halt, and why."""

    what = forms.ChoiceField(
        label="What to halt",
        error_messages={"required": "Choose what to halt."},
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    field_order = ["what", "reason"]

    def __init__(self, *args: Any, choices: list[Group], **kwargs: Any) -> None:
        """Offer what the person may halt."""
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def scope(self) -> tuple[str, str]:
        """Return the scope and the value that were chosen."""
        scope, _, value = str(self.cleaned_data["what"]).partition(":")
        return scope, value


class FailureFilter(forms.Form):
    """Which failures to show."""

    state = forms.ChoiceField(
        required=False, choices=[("", "All"), ("failed", "Dead letters"), ("unknown", "Unknown")]
    )
    before = forms.RegexField(required=False, regex=r"cmt_[0-9A-Z]{26}")

    def given(self) -> dict[str, str]:
        """Return the filters that make sense; a broken address shows everything."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
