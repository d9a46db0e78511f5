"""What people enter on a workflow's pages."""

from typing import Any

from django import forms

from orchestrator.people.models import Role
from orchestrator.people.rights import Right
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.modes import LADDER, Mode, is_down


class ModeForm(forms.Form):
    """Go down: one of the modes below the present one, and why."""

    to = forms.ChoiceField(widget=forms.RadioSelect, label="Mode")
    reason = forms.CharField(
        max_length=500,
        label="Why",
        error_messages={"required": "Say in a sentence why."},
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, workflow: Workflow, **kwargs: Any) -> None:
        """Offer what lies below the workflow's mode."""
        super().__init__(*args, **kwargs)
        below = [mode for mode in LADDER if is_down(left=Mode(workflow.mode), to=mode)]
        self.fields["to"].choices = [  # type: ignore[attr-defined]  # a choice field
            (mode.value, mode.value.capitalize()) for mode in reversed(below)
        ]


class RightForm(forms.Form):
    """A right that a role is given, or that is taken from it."""

    role = forms.ModelChoiceField(queryset=Role.objects.all(), to_field_name="slug")
    right = forms.ChoiceField(choices=Right.choices())


class TakeRightForm(RightForm):
    """The right to take, and why."""

    reason = forms.CharField(max_length=500)


class CompareForm(forms.Form):
    """Two versions to look at side by side."""

    older = forms.TypedChoiceField(coerce=int, required=False)
    newer = forms.TypedChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, versions: list[WorkflowVersion], **kwargs: Any) -> None:
        """Offer the workflow's versions."""
        super().__init__(*args, **kwargs)
        choices = [(version.number, f"Version {version.number}") for version in versions]
        for name in ("older", "newer"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field
            self.fields[name].widget.attrs["class"] = "form-select"

    def chosen(self, *, default: tuple[int, int]) -> tuple[int, int]:
        """Return the two numbers, or the default where none or something else was asked for."""
        if not self.is_valid():
            return default
        older, newer = self.cleaned_data["older"], self.cleaned_data["newer"]
        return (older or default[0], newer or default[1])
