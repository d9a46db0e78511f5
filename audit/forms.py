"""The ledger's filters as a form: what cannot be read is said, never guessed."""

from django import forms

from audit.events import REGISTER
from audit.lanes import Lane
from audit.queries import Filters


class LedgerForm(forms.Form):
    """Filters of the ledger page; all of them may stay empty."""

    lane = forms.ChoiceField(required=False, choices=[("", "Every lane"), *Lane.choices()])
    event = forms.ChoiceField(
        required=False,
        choices=[("", "Every event"), *((name, name) for name in sorted(REGISTER))],
    )
    workflow = forms.CharField(required=False, max_length=80)
    agent = forms.CharField(required=False, max_length=80)
    actor = forms.CharField(required=False, max_length=150)
    proposal = forms.CharField(required=False, max_length=40)
    object_name = forms.CharField(required=False, max_length=80, label="Object")
    record_id = forms.CharField(required=False, max_length=80, label="Record id")
    since = forms.DateTimeField(
        required=False,
        label="From (UTC)",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    until = forms.DateTimeField(
        required=False,
        label="Until (UTC)",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def filters(self) -> Filters:
        """Return the filters that were given; none where the form has errors."""
        if not self.is_valid():
            return Filters()
        data = {name: value for name, value in self.cleaned_data.items() if value}
        data.pop("before", None)
        return Filters(**data)
