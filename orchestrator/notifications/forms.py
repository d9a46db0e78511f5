"""What people enter about how they are told."""

import re
from typing import Any
from zoneinfo import available_timezones

from django import forms

from orchestrator.notifications.kinds import ABILITIES
from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Preference
from orchestrator.notifications.permissions import is_staff, kinds_open_to
from orchestrator.notifications.states import DeliveryState, DigestRhythm
from orchestrator.people.models import Role, User

CONTROL = {"class": "form-control", "autocomplete": "off"}
SELECT = {"class": "form-select"}
CLOCK = forms.TimeInput(attrs={**CONTROL, "type": "time"}, format="%H:%M")
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAYS = list(enumerate(WEEKDAYS))
RANK = re.compile(r"rank-(\d{1,18})-([a-z]+)")
RHYTHMS = [
    (DigestRhythm.DAILY, "every day"),
    (DigestRhythm.WEEKLY, "once a week"),
    (DigestRhythm.OFF, "never"),
]


class ChannelForm(forms.Form):
    """A new channel."""

    kind = forms.ChoiceField(label="Through", widget=forms.Select(attrs=SELECT))
    address = forms.CharField(
        max_length=1000,
        widget=forms.TextInput(attrs={**CONTROL, "spellcheck": "false"}),
        help_text="Kept encrypted, and never shown again in full.",
    )
    label = forms.CharField(max_length=80, label="Called", widget=forms.TextInput(attrs=CONTROL))
    carries_details = forms.BooleanField(
        required=False,
        label="May carry details: names of records, and what agents wrote",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        """Offer the kinds that the person may add."""
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, ABILITIES[kind].words) for kind in kinds_open_to(person)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a choice field
        if not is_staff(person):
            del self.fields["carries_details"]


class RoleChannelForm(ChannelForm):
    """A new channel that the people of a role share."""

    role = forms.ModelChoiceField(
        queryset=Role.objects.all(),
        to_field_name="slug",
        widget=forms.Select(attrs=SELECT),
    )
    field_order = ["role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show roles by their titles."""
        super().__init__(*args, **kwargs)
        self.fields["role"].label_from_instance = _title  # type: ignore[attr-defined]  # a model choice


class TimesForm(forms.Form):
    """Quiet hours and the digest."""

    quiet_starts = forms.TimeField(required=False, label="From", widget=CLOCK)
    quiet_ends = forms.TimeField(required=False, label="Until", widget=CLOCK)
    quiet_weekdays = forms.TypedMultipleChoiceField(
        choices=DAYS,
        coerce=int,
        required=False,
        label="Beginning on",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    time_zone = forms.ChoiceField(
        required=False, label="Time zone", widget=forms.Select(attrs=SELECT)
    )
    digest = forms.ChoiceField(choices=RHYTHMS, widget=forms.Select(attrs=SELECT))
    digest_at = forms.TimeField(label="At", widget=CLOCK)
    digest_weekday = forms.TypedChoiceField(
        choices=DAYS, coerce=int, label="On, if weekly", widget=forms.Select(attrs=SELECT)
    )

    def __init__(self, *args: Any, account_zone: str, **kwargs: Any) -> None:
        """Offer every time zone of the machine, that of the account first."""
        super().__init__(*args, **kwargs)
        zones = [(name, name) for name in sorted(available_timezones())]
        first = ("", f"{account_zone}, as my account")
        self.fields["time_zone"].choices = [first, *zones]  # type: ignore[attr-defined]  # a choice field

    def chosen(self) -> Preference:
        """Return what was entered, not yet saved."""
        return Preference(**self.cleaned_data)


class ShownForm(forms.Form):
    """Which notifications are shown."""

    show = forms.ChoiceField(
        required=False, choices=[("unread", "Unread"), ("all", "All"), ("urgent", "Urgent")]
    )
    before = forms.CharField(required=False, max_length=40)


class DeliveryFilter(forms.Form):
    """Which deliveries are shown."""

    state = forms.ChoiceField(
        required=False,
        choices=[("", "any state"), *DeliveryState.choices()],
        widget=forms.Select(attrs=SELECT),
    )
    whose = forms.ChoiceField(
        required=False,
        choices=[("", "mine"), ("all", "everybody's")],
        widget=forms.Select(attrs=SELECT),
    )
    before = forms.CharField(required=False, max_length=40)


def ranks_in(data: Any) -> dict[int, dict[str, int]]:
    """Return the places that a table of channels and urgencies names; nonsense is left out."""
    found: dict[int, dict[str, int]] = {}
    for name in data:
        matched = RANK.fullmatch(name)
        if matched is None or matched[2] not in Urgency.values():
            continue
        row = found.setdefault(int(matched[1]), {})
        place = str(data[name])
        if place.isascii() and place.isdigit() and len(place) == 1:
            row[matched[2]] = int(place)
    return found


def _title(role: Role) -> str:
    return role.title
