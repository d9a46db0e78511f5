"""The form in which somebody who decides leaves a part out, or edits values."""

import re
from typing import Any

from django import forms

from approvals.altering import Wish
from approvals.ballots import ReasonNeeded, TextNeeded
from approvals.change_forms import LEAVE_OUT, ChangesForm
from approvals.forms import LONGEST_TEXT, REASON_WORDS
from approvals.value_inputs import CONTROL, SELECT
from orchestrator.kernel.errors import DomainError

OF_A_FIELD = re.compile(r"\d{1,2}-[A-Za-z]\w{0,79}")


class AlterationForm(ChangesForm):
    """Every value as it was proposed, and why somebody wants it otherwise."""

    reason_code = forms.ChoiceField(
        required=False,
        label="Why something is left out",
        choices=[("", "Choose a reason"), *((each.value, w) for each, w in REASON_WORDS.items())],
        widget=forms.Select(attrs={"class": SELECT}),
    )
    text = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        label="In your words",
        widget=forms.Textarea(attrs={"class": CONTROL, "rows": 2}),
    )

    def wish(self) -> Wish:
        """Return what is wanted instead of the proposal."""
        given = self.cleaned_data
        return Wish(kept=self.kept(), reason_code=given["reason_code"], text=given["text"])

    def mark(self, problem: DomainError) -> None:
        """Put what is missing or wrong beside its input."""
        super().mark(problem)
        for kind, name in ((ReasonNeeded, "reason_code"), (TextNeeded, "text")):
            if isinstance(problem, kind):
                self.add_error(name, problem.detail)

    def without_a_place(self) -> list[tuple[str, str]]:
        """Return what was typed for fields that are not in the proposal any more."""
        typed: Any = self.data
        return [
            (key.partition("-")[2], typed[key])
            for key in typed
            if OF_A_FIELD.fullmatch(key)
            and not key.endswith(LEAVE_OUT)
            and key not in self.fields
            and f"{key}-{LEAVE_OUT}" not in self.fields
        ]
