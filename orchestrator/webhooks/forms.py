"""What people enter on the pages of webhooks."""

import datetime as dt

from django import forms

from orchestrator.webhooks.event_types import EVENTS
from orchestrator.webhooks.models import LONGEST_ADDRESS

CONTROL = {"class": "form-control", "autocomplete": "off"}
LONGEST_OVERLAP_HOURS = 720
CHOICES = [(name, f"{name}: {words}") for name, words in EVENTS.items()]


class EventsForm(forms.Form):
    """Which events an endpoint is told of."""

    events = forms.MultipleChoiceField(
        required=False,
        choices=CHOICES,
        label="Told of",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text="Choose none to be told of everything, also of what comes later.",
    )


class EndpointForm(EventsForm):
    """A new endpoint."""

    label = forms.CharField(
        max_length=80,
        label="Name",
        widget=forms.TextInput(attrs=CONTROL),
        help_text="What people know it by.",
    )
    url = forms.CharField(
        max_length=LONGEST_ADDRESS,
        label="Address",
        widget=forms.TextInput(attrs={**CONTROL, "inputmode": "url"}),
        help_text="https on the public internet.",
    )
    field_order = ("label", "url", "events")


class ReasonForm(forms.Form):
    """A sentence that says why; it stands in the ledger."""

    reason = forms.CharField(max_length=500, label="Why", widget=forms.TextInput(attrs=CONTROL))


class RotateForm(forms.Form):
    """How long the old secret signs beside the new one."""

    overlap_hours = forms.IntegerField(
        min_value=0,
        max_value=LONGEST_OVERLAP_HOURS,
        initial=24,
        label="Old secret signs for hours",
        widget=forms.NumberInput(attrs=CONTROL),
    )

    @property
    def overlap(self) -> dt.timedelta:
        """Return the length of the overlap."""
        return dt.timedelta(hours=self.cleaned_data["overlap_hours"])


class ReplayForm(forms.Form):
    """Since when everything is sent again."""

    since = forms.DateTimeField(
        label="Everything since (UTC)",
        widget=forms.DateTimeInput(attrs={**CONTROL, "type": "datetime-local"}),
    )
