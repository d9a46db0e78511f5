"""What people enter about schedules, overrides and swaps."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError

from orchestrator.oncall.calendar_reading import MOST_BYTES
from orchestrator.oncall.queries import Shift
from orchestrator.oncall.rotations import moment_of
from orchestrator.oncall.wording import period_words
from orchestrator.people.models import User

CONTROL = {"class": "form-control", "autocomplete": "off"}
SELECT = {"class": "form-select"}
WALL_CLOCK = "%Y-%m-%dT%H:%M"


def zones() -> list[tuple[str, str]]:
    """Return every zone of the world by name, UTC first."""
    named = sorted(zone for zone in available_timezones() if "/" in zone and "Etc" not in zone)
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


class Why(forms.Form):
    """A sentence that says why; it stands in the ledger."""

    reason = forms.CharField(max_length=500, label="Why", widget=forms.TextInput(attrs=CONTROL))


class SeenForm(Why):
    """Ends the layer that was on the screen, and no other."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class ScheduleForm(Why):
    """A schedule's name and zone."""

    title = forms.CharField(max_length=120, widget=forms.TextInput(attrs=CONTROL))
    time_zone = forms.ChoiceField(
        choices=zones,
        widget=forms.Select(attrs=SELECT),
        help_text="Hand-offs happen at a time on this zone's clock.",
    )
    field_order = ("title", "time_zone", "reason")

    def __init__(self, *args: Any, new: bool = False, **kwargs: Any) -> None:
        """Ask for no reason where a schedule is new."""
        super().__init__(*args, **kwargs)
        if new:
            del self.fields["reason"]


class WallClockField(forms.DateTimeField):
    """A time on a wall clock: without a zone, until the form knows whose clock it is."""

    widget = forms.DateTimeInput(format=WALL_CLOCK, attrs={**CONTROL, "type": "datetime-local"})
    input_formats = (WALL_CLOCK, f"{WALL_CLOCK}:%S")

    def to_python(self, value: Any) -> Any:
        """Return what was typed, as it was typed."""
        found = super().to_python(value)
        return found.replace(tzinfo=None) if found is not None else None


class OverrideForm(Why):
    """Who is on call instead, from when until when on the schedule's clock."""

    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        to_field_name="username",
        label="On call instead",
        widget=forms.Select(attrs=SELECT),
    )
    starts_at = WallClockField(label="From")
    ends_at = WallClockField(label="Until")
    field_order = ("person", "starts_at", "ends_at", "reason")

    def __init__(
        self,
        *args: Any,
        people: Sequence[User],
        by: User,
        zone: ZoneInfo,
        at: dt.datetime,
        **kwargs: Any,
    ) -> None:
        """Offer the members, and the next hours as a beginning."""
        hour = at.astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None)
        starts = hour + dt.timedelta(hours=1)
        initial = {
            "person": by.username,
            "starts_at": starts,
            "ends_at": starts + dt.timedelta(hours=8),
        }
        super().__init__(*args, **{"initial": initial, "auto_id": "override_%s", **kwargs})
        self.zone = zone
        field = self.fields["person"]
        field.queryset = User.objects.filter(pk__in=[each.pk for each in people])  # type: ignore[attr-defined]  # a model choice
        field.label_from_instance = _name  # type: ignore[attr-defined]  # a model choice

    def clean_starts_at(self) -> dt.datetime:
        """Return the moment that the schedule's clock shows so."""
        return moment_of(self.cleaned_data["starts_at"], self.zone)

    def clean_ends_at(self) -> dt.datetime:
        """Return the moment that the schedule's clock shows so."""
        return moment_of(self.cleaned_data["ends_at"], self.zone)


class SwapForm(Why):
    """One's own shift for somebody else's."""

    mine = forms.ChoiceField(label="I give", widget=forms.Select(attrs=SELECT))
    theirs = forms.ChoiceField(label="I take", widget=forms.Select(attrs=SELECT))
    field_order = ("mine", "theirs", "reason")

    def __init__(self, *args: Any, shifts: Sequence[Shift], person: User, **kwargs: Any) -> None:
        """Offer what has not begun."""
        super().__init__(*args, **{"auto_id": "swap_%s", **kwargs})
        self.shifts = {_value(shift): shift for shift in shifts}
        own = [shift for shift in shifts if shift.person.pk == person.pk]
        others = [shift for shift in shifts if shift.person.pk != person.pk]
        self.is_possible = bool(own and others)
        self.fields["mine"].choices = [(_value(each), _when(each)) for each in own]  # type: ignore[attr-defined]  # a choice
        self.fields["theirs"].choices = [  # type: ignore[attr-defined]  # a choice
            (_value(each), f"{each.person.display_name}: {_when(each)}") for each in others
        ]

    def clean_mine(self) -> Shift:
        """Return the shift."""
        return self.shifts[self.cleaned_data["mine"]]

    def clean_theirs(self) -> Shift:
        """Return the shift."""
        return self.shifts[self.cleaned_data["theirs"]]


class FeedForm(Why):
    """A calendar to take a layer's shifts from: a file, or an address that only staff may enter."""

    title = forms.CharField(
        max_length=80, label="Layer", initial="Imported", widget=forms.TextInput(attrs=CONTROL)
    )
    number = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    file = forms.FileField(
        required=False,
        label="iCalendar file",
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".ics,text/calendar"}),
    )
    url = forms.CharField(
        required=False,
        max_length=500,
        label="or its address",
        widget=forms.URLInput(attrs={**CONTROL, "placeholder": "https://"}),
    )
    field_order = ("title", "file", "url", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep its ids apart from the other forms of the page."""
        super().__init__(*args, **{"auto_id": "feed_%s", **kwargs})

    def clean_file(self) -> bytes:
        """Return what is in the file."""
        file = self.cleaned_data.get("file")
        if file is None:
            return b""
        if file.size > MOST_BYTES:
            raise ValidationError(f"The file is longer than {MOST_BYTES // 1_000_000} MB.")
        return bytes(file.read())


def _value(shift: Shift) -> str:
    period = f"{shift.starts_at:%Y%m%d%H%M}.{shift.ends_at:%Y%m%d%H%M}"
    return f"{shift.layer}.{shift.person.pk}.{period}"


def _when(shift: Shift) -> str:
    words = period_words(shift.starts_at, shift.ends_at, ZoneInfo(shift.schedule.time_zone))
    return f"{words.rpartition(' (')[0]}, {shift.words}"


def _name(person: User) -> str:
    return person.display_name
