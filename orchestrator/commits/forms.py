"""What people enter on the pages of failures and controls."""

from typing import Any

from django import forms

from orchestrator.commits.bulk_triage import BulkVerdict
from orchestrator.commits.control_choices import Group
from orchestrator.commits.letters import MINE
from orchestrator.commits.states import LetterKind

LONGEST_REASON = 500
LONGEST_ID = 40


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
    """Which failures to show, as it stands in the address; what is unknown is left out."""

    tab = forms.ChoiceField(required=False, choices=[*LetterKind.choices(), (MINE, MINE)])
    workflow = forms.SlugField(required=False, max_length=80)
    agent = forms.SlugField(required=False, max_length=60)
    object = forms.RegexField(required=False, regex=r"\A\w{1,80}\Z")
    cause = forms.CharField(required=False, max_length=200)
    owner = forms.CharField(required=False, max_length=150)
    before = forms.RegexField(required=False, regex=r"\A[0-9]{1,18}\Z")

    def given(self) -> dict[str, str]:
        """Return the filters that make sense; a broken address shows everything."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class BulkForm(forms.Form):
    """What is done with many failures at once; the domain judges reason and number."""

    verdict = forms.ChoiceField(
        choices=BulkVerdict.choices(), error_messages={"required": "Choose what to do with them."}
    )
    reason = forms.CharField(required=False, max_length=LONGEST_REASON)
    commit = forms.CharField(required=False)

    def chosen(self) -> list[str]:
        """Return the ids that were ticked."""
        data: Any = self.data
        return [text for text in data.getlist("commit") if len(text) <= LONGEST_ID]


class HandOverForm(forms.Form):
    """Whose it is from now on, and why."""

    to = forms.CharField(max_length=150, error_messages={"required": "Choose somebody."})
    reason = forms.CharField(required=False, max_length=LONGEST_REASON)
