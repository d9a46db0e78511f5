"""What administrators enter on an agent's pages."""

import datetime as dt
from typing import Any

from django import forms
from django.db import models

from orchestrator.agents.grants import OPERATIONS
from orchestrator.agents.models import Grant
from orchestrator.orgs.models import Environment
from orchestrator.people.models import User

CONTROL = {"class": "form-control", "autocomplete": "off"}
SELECT = {"class": "form-select"}
LONGEST_DAYS = 366
LONGEST_OVERLAP_HOURS = 720


class ReasonForm(forms.Form):
    """A sentence that says why; it stands in the ledger."""

    reason = forms.CharField(max_length=500, label="Why", widget=forms.TextInput(attrs=CONTROL))


class StateForm(ReasonForm):
    """A move of the agent's state, and why."""

    move = forms.ChoiceField(choices=[(name, name) for name in ("activate", "suspend", "retire")])


class KeyForm(forms.Form):
    """How long a new key lives."""

    days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=90,
        label="Expires in days",
        widget=forms.NumberInput(attrs=CONTROL),
    )

    def expires_at(self, at: dt.datetime) -> dt.datetime:
        """Return when the key ends."""
        return at + dt.timedelta(days=self.cleaned_data["days"])


class RotateForm(KeyForm):
    """How long the old key works beside the new one."""

    overlap_hours = forms.IntegerField(
        min_value=0,
        max_value=LONGEST_OVERLAP_HOURS,
        initial=24,
        label="Old key works for hours",
        widget=forms.NumberInput(attrs=CONTROL),
    )

    @property
    def overlap(self) -> dt.timedelta:
        """Return how long both keys work."""
        return dt.timedelta(hours=self.cleaned_data["overlap_hours"])


class WorkflowChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs
    """A workflow by its title."""

    def label_from_instance(self, obj: models.Model) -> str:
        """Return the title and the name that files and keys use."""
        return f"{obj.title} ({obj.slug})"  # type: ignore[attr-defined]  # a workflow


class GrantForm(ReasonForm):
    """What the agent may propose, in which workflow, from when until when."""

    workflow = WorkflowChoice(queryset=None, widget=forms.Select(attrs=SELECT))
    object_name = forms.CharField(
        max_length=80, label="Object", widget=forms.TextInput(attrs=CONTROL)
    )
    fields_text = forms.CharField(
        max_length=4000,
        required=False,
        label="Fields, separated by commas",
        widget=forms.TextInput(attrs=CONTROL),
    )
    operations = forms.MultipleChoiceField(
        choices=[(name, name) for name in OPERATIONS],
        initial=["update"],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    record_filter = forms.CharField(
        max_length=2000,
        required=False,
        label="Only records where",
        widget=forms.TextInput(attrs={**CONTROL, "placeholder": "record.Amount < 50000.0"}),
    )
    days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=3660,
        label="Ends by itself in days",
        widget=forms.NumberInput(attrs=CONTROL),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every workflow; this package does not know their model, the grant's field does."""
        super().__init__(*args, **kwargs)
        workflow = Grant._meta.get_field("workflow").related_model
        self.fields["workflow"].queryset = workflow._default_manager.all()  # type: ignore[attr-defined,union-attr]
        self.order_fields(
            ["workflow", "object_name", "fields_text", "operations", "record_filter", "days",
             "reason"]
        )  # fmt: skip

    def values(self, at: dt.datetime) -> dict[str, Any]:
        """Return what the operation takes."""
        data = self.cleaned_data
        names = [name.strip() for name in data["fields_text"].split(",")]
        return {
            "workflow": data["workflow"],
            "object_name": data["object_name"],
            "fields": [name for name in names if name],
            "operations": data["operations"],
            "record_filter": data["record_filter"],
            "starts_at": at,
            "ends_at": at + dt.timedelta(days=data["days"]) if data["days"] else None,
            "reason": data["reason"],
        }


class OwnerForm(ReasonForm):
    """Who answers for the agent from now on, and why."""

    owner = forms.ModelChoiceField(
        queryset=User.objects.filter(is_active=True).order_by("username"),
        to_field_name="username",
    )


class AgentForm(forms.Form):
    """A new agent."""

    title = forms.CharField(max_length=120, widget=forms.TextInput(attrs=CONTROL))
    slug = forms.SlugField(
        max_length=60,
        label="Name",
        help_text="Small letters, digits and hyphens; stands in grants and in the ledger.",
        widget=forms.TextInput(attrs=CONTROL),
    )
    environment = forms.ChoiceField(choices=Environment.choices, widget=forms.Select(attrs=SELECT))
    owner = forms.ModelChoiceField(
        queryset=User.objects.filter(is_active=True).order_by("username"),
        to_field_name="username",
        help_text="Answers for the agent, and never decides on its proposals.",
        widget=forms.Select(attrs=SELECT),
    )
    description = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={**CONTROL, "rows": 3}),
    )
