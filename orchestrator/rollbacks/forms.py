"""What a person chooses to take back, and what they say about it."""

from typing import Any

from django import forms

from orchestrator.rollbacks.requesting import LONGEST_REASON
from orchestrator.rollbacks.selection import Kind, Selection

KINDS = [
    (Kind.AGENT, "What an agent wrote"),
    (Kind.WORKFLOW, "What a workflow wrote"),
    (Kind.VERSION, "What a version wrote (workflow@number)"),
    (Kind.RUN, "What a run wrote"),
    (Kind.PROPOSAL, "One proposal"),
    (Kind.COMMIT, "One commit"),
]
CONTROL = {"class": "form-control", "autocomplete": "off"}


class SelectionForm(forms.Form):
    """What to take back, as it stands in the address."""

    kind = forms.ChoiceField(
        choices=KINDS,
        label="Take back",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": "Choose what to take back."},
    )
    value = forms.CharField(
        max_length=200,
        label="Its name or number",
        widget=forms.TextInput(attrs=CONTROL),
        error_messages={"required": "Name it, as its own page does."},
    )
    since = forms.DateTimeField(
        required=False,
        label="Written from (UTC)",
        widget=forms.DateTimeInput(
            attrs={**CONTROL, "type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        ),
    )
    until = forms.DateTimeField(
        required=False,
        label="Written before (UTC)",
        widget=forms.DateTimeInput(
            attrs={**CONTROL, "type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        ),
    )

    def selection(self) -> Selection:
        """Return what was chosen; the form is valid."""
        given = self.cleaned_data
        return Selection(
            kind=given["kind"], value=given["value"], since=given["since"], until=given["until"]
        )


class ListField(forms.Field):
    """Every value that was sent under one name."""

    widget = forms.MultipleHiddenInput


class RequestForm(SelectionForm):
    """The wish itself: the reason, what was on the screen, what is restored anyway."""

    reason = forms.CharField(required=False, strip=True, max_length=LONGEST_REASON + 1)
    seen = forms.CharField(max_length=80)
    token = forms.CharField(max_length=64)
    anyway = ListField(required=False)
    everything = forms.CharField(required=False, max_length=80)

    def ticked(self) -> list[str]:
        """Return the marks of newer values that are restored anyway."""
        marks: list[Any] = self.cleaned_data["anyway"] or []
        return [str(mark) for mark in marks]
