"""The form in which a person corrects a change that could not be written."""

from dataclasses import replace

from django import forms

from approvals.change_forms import ChangesForm
from approvals.content import DraftChange, change_of
from approvals.value_inputs import CONTROL


class CorrectionForm(ChangesForm):
    """Every value that was to be written, as it was proposed, and why it is corrected."""

    reason = forms.CharField(
        max_length=500,
        label="What was wrong, and what you changed",
        error_messages={"required": "Say in a sentence why."},
        widget=forms.Textarea(attrs={"class": CONTROL, "rows": 2}),
    )

    def corrected(self) -> list[DraftChange]:
        """Return the changes as they were corrected, without what was left out."""
        found = []
        for each in self.kept():
            change = self.changes[each.position]
            believed = {
                name: value for name, value in change["expect"].items() if name in each.fields
            }
            found.append(replace(change_of(change), fields=each.fields, expect=believed))
        return found
