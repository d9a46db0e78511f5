"""What people enter about duties."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from orchestrator.calendars.wall_clock import zones
from orchestrator.duties.models import Duty
from orchestrator.duties.schedule import WEEKDAYS, Schedule
from orchestrator.duties.states import Rhythm, Verdict
from orchestrator.people.models import Role, User

# A line and what stood on the screen.
CHOSEN = re.compile(r"(?P<line>\d{1,18}):(?P<digest>sha256:[0-9a-f]{64})")
LONGEST_CHOICE = 1000
CONTROL = {"class": "form-control", "autocomplete": "off"}
SELECT = {"class": "form-select"}


class SignForm(forms.Form):
    """What is said of one line."""

    verdict = forms.ChoiceField(choices=Verdict.choices())
    said = forms.CharField(max_length=2000, required=False)
    seen = forms.CharField(max_length=80)


class FinishForm(forms.Form):
    """What the round came to, in words."""

    summary = forms.CharField(max_length=2000, required=False)


class HandOnForm(forms.Form):
    """Whom to give a round to, and why."""

    to = forms.ModelChoiceField(
        queryset=User.objects.none(),
        to_field_name="username",
        label="To",
        widget=forms.Select(SELECT),
    )
    words = forms.CharField(max_length=500, label="Why", widget=forms.TextInput(CONTROL))

    def __init__(self, *args: Any, takers: Any, **kwargs: Any) -> None:
        """Offer those who can take it."""
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset, to.label_from_instance = takers, _name


class ArrangeForm(forms.Form):
    """When a duty comes round, for whom, and how long there is."""

    role = forms.ModelChoiceField(
        queryset=Role.objects.all(), to_field_name="slug", widget=forms.Select(SELECT)
    )
    rhythm = forms.ChoiceField(
        choices=[
            (Rhythm.WEEKLY, "every week"),
            (Rhythm.MONTHLY, "every month, on a day"),
            (Rhythm.MONTHLY_WORKING, "every month, on a working day"),
        ],
        label="How often",
        widget=forms.Select(SELECT),
    )
    weekday = forms.TypedChoiceField(
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        required=False,
        empty_value="0",
        label="Weekday, if every week",
        widget=forms.Select(SELECT),
    )
    day = forms.IntegerField(
        min_value=1,
        max_value=31,
        required=False,
        label="Which day, if every month",
        help_text="The day of the month, or the how-manieth working day of it.",
        widget=forms.NumberInput(CONTROL),
    )
    time = forms.TimeField(
        input_formats=["%H:%M"], widget=forms.TimeInput({**CONTROL, "type": "time"}, "%H:%M")
    )
    zone = forms.ChoiceField(
        choices=lambda: [(each, each) for each in zones()],
        label="On the clocks of",
        widget=forms.Select(SELECT),
    )
    due_within = forms.IntegerField(
        min_value=1,
        max_value=60,
        label="Working days to do it",
        widget=forms.NumberInput(CONTROL),
    )
    reason = forms.CharField(max_length=500, label="Why", widget=forms.TextInput(CONTROL))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show roles by their titles."""
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.label_from_instance = _title

    def clean(self) -> dict[str, Any]:
        """Ask for the day where the rhythm needs one."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("rhythm") != Rhythm.WEEKLY and not data.get("day") and "day" in data:
            self.add_error("day", "Say on which day of the month.")
        return data

    def arrangement(self) -> dict[str, Any]:
        """Return the values for the operation."""
        data = self.cleaned_data
        weekly = data["rhythm"] == Rhythm.WEEKLY
        day = int(data["weekday"]) if weekly else data["day"]
        return {
            "role": data["role"],
            "schedule": Schedule(data["rhythm"], day, data["time"], data["zone"]),
            "due_within": data["due_within"],
            "reason": data["reason"],
        }


def chosen_lines(values: Sequence[str]) -> dict[int, str]:
    """Return the digest on the screen for each chosen line; what makes no sense is left out."""
    found = (CHOSEN.fullmatch(value) for value in values[:LONGEST_CHOICE])
    return {int(each["line"]): each["digest"] for each in found if each}


def as_it_is(duty: Duty) -> dict[str, Any]:
    """Return what a form begins with: how the duty is arranged now."""
    weekly = duty.rhythm == Rhythm.WEEKLY
    return {
        "role": duty.role.slug,
        "rhythm": duty.rhythm,
        "weekday": duty.day if weekly else 0,
        "day": None if weekly else duty.day,
        "time": duty.time,
        "zone": duty.zone,
        "due_within": duty.due_within,
    }


def _name(person: User) -> str:
    return person.display_name


def _title(role: Role) -> str:
    return role.title
