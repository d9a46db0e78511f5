"""What staff enter about calendars."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from orchestrator.calendars.models import Calendar
from orchestrator.calendars.public_holidays import check_region
from orchestrator.calendars.spans import WEEKDAYS, Week, day_text, parse_day, week_of
from orchestrator.calendars.wall_clock import check_zone
from orchestrator.kernel.errors import DomainError

CONTROL = {"class": "form-control", "autocomplete": "off"}
USUAL = "09:00-17:00"


class DayField(forms.CharField):
    """The hours of a day, as people write them; closed if empty."""

    def __init__(self, **options: Any) -> None:
        """Take an empty text for a closed day."""
        widget = forms.TextInput(attrs={**CONTROL, "placeholder": "closed"})
        super().__init__(required=False, max_length=200, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        """Return the spans of the day."""
        try:
            return parse_day(super().clean(value))
        except DomainError as refusal:
            raise ValidationError(refusal.detail) from refusal


class CalendarForm(forms.Form):
    """A calendar's title, zone, week and holidays."""

    title = forms.CharField(max_length=120, widget=forms.TextInput(attrs=CONTROL))
    zone = forms.CharField(
        max_length=60,
        label="Time zone",
        help_text="Such as Europe/Berlin.",
        widget=forms.TextInput(attrs={**CONTROL, "list": "zones"}),
    )
    region = forms.CharField(
        max_length=20,
        required=False,
        label="Holidays of",
        help_text="A country (US), a part of one (DE-BE) or an exchange (NYSE); empty for none.",
        widget=forms.TextInput(attrs={**CONTROL, "list": "regions"}),
    )

    def __init__(self, *args: Any, calendar: Calendar | None = None, **options: Any) -> None:
        """Add a field for every day of the week, filled with what the calendar says."""
        if calendar is not None:
            options["initial"] = _initial(calendar)
        super().__init__(*args, **options)
        for name in WEEKDAYS:
            usual = USUAL if calendar is None and not name.startswith("S") else ""
            self.fields[name.lower()] = DayField(label=name, initial=usual)

    def clean_zone(self) -> str:
        """Return a zone that exists."""
        return _checked(check_zone, self.cleaned_data["zone"].strip())

    def clean_region(self) -> str:
        """Return a region that has holidays."""
        return _checked(check_region, self.cleaned_data["region"].strip())

    @property
    def described(self) -> dict[str, Any]:
        """Return what the operations take."""
        data = self.cleaned_data
        week: Week = tuple(data[name.lower()] for name in WEEKDAYS)
        return {
            "title": data["title"],
            "zone": data["zone"],
            "region": data["region"],
            "week": week,
        }


class NewCalendarForm(CalendarForm):
    """A new calendar has a name that workflow files use."""

    slug = forms.RegexField(
        r"^(?!new$)[a-z0-9][a-z0-9-]{0,59}$",
        label="Name",
        help_text="As workflow files call it: small letters, digits and hyphens.",
        error_messages={"invalid": "Use small letters, digits and hyphens; 'new' is taken."},
        widget=forms.TextInput(attrs=CONTROL),
    )
    field_order = ("title", "slug", "zone", "region")


class SpecialDayForm(forms.Form):
    """A day that is not as its weekday."""

    day = forms.DateField(widget=forms.DateInput(attrs={**CONTROL, "type": "date"}))
    hours = DayField(label="Open", help_text="Such as 09:00-12:00; empty for closed.")
    note = forms.CharField(max_length=120, label="Why", widget=forms.TextInput(attrs=CONTROL))

    @property
    def described(self) -> dict[str, Any]:
        """Return what the operation takes."""
        data = self.cleaned_data
        return {"day": data["day"], "spans": data["hours"], "note": data["note"]}


def _initial(calendar: Calendar) -> dict[str, str]:
    days = zip(WEEKDAYS, week_of(calendar.week), strict=True)
    return {
        "title": calendar.title,
        "zone": calendar.zone,
        "region": calendar.region,
        **{name.lower(): day_text(day) for name, day in days},
    }


def _checked(check: Any, value: str) -> str:
    try:
        check(value)
    except DomainError as refusal:
        raise ValidationError(refusal.detail) from refusal
    return value
