"""What people enter about a rotation: turns, hours, and who comes after whom."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from orchestrator.oncall.editing import Turns
from orchestrator.oncall.forms import CONTROL, SELECT, Why
from orchestrator.oncall.models import Layer
from orchestrator.oncall.states import LayerKind, Unit
from orchestrator.oncall.wording import DAYS
from orchestrator.people.models import User

KINDS = (
    (LayerKind.WEEKLY.value, "Weekly"),
    (LayerKind.DAILY.value, "Daily"),
    (LayerKind.CUSTOM.value, "Every so many days or hours"),
)
UNITS = ((Unit.DAYS.value, "days"), (Unit.HOURS.value, "hours"))
WEEKDAYS = tuple((str(number), name) for number, name in enumerate(DAYS, start=1))
# Two rows of hours say "nights" and "weekends".
WINDOWS = (1, 2)
LONGEST = {Unit.DAYS: 90, Unit.HOURS: 24 * 14}


class RotationForm(Why):
    """A rotation; `place_<user name>` is a member's number in it, empty for none."""

    title = forms.CharField(max_length=80, label="Name", widget=forms.TextInput(attrs=CONTROL))
    kind = forms.ChoiceField(
        choices=KINDS, label="Changes hands", widget=forms.Select(attrs=SELECT)
    )
    every = forms.IntegerField(
        min_value=1, max_value=400, initial=1, widget=forms.NumberInput(attrs=CONTROL)
    )
    unit = forms.ChoiceField(choices=UNITS, widget=forms.Select(attrs=SELECT))
    starts_on = forms.DateField(
        label="First turn begins on",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={**CONTROL, "type": "date"}),
    )
    hand_off_at = forms.TimeField(
        label="Hands over at",
        widget=forms.TimeInput(format="%H:%M", attrs={**CONTROL, "type": "time"}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        """Give every member a place, and two rows of hours."""
        super().__init__(*args, **kwargs)
        self.people = list(people)
        for person in self.people:
            self.fields[_place(person)] = forms.IntegerField(
                required=False,
                min_value=1,
                max_value=99,
                label=person.display_name,
                widget=forms.NumberInput(attrs={**CONTROL, "inputmode": "numeric"}),
            )
        for number in WINDOWS:
            self.fields[f"days_{number}"] = forms.MultipleChoiceField(
                choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
            )
            for end in ("from", "to"):
                self.fields[f"{end}_{number}"] = forms.TimeField(
                    required=False,
                    label=end.capitalize(),
                    widget=forms.TimeInput(format="%H:%M", attrs={**CONTROL, "type": "time"}),
                )

    def clean(self) -> dict[str, Any]:
        """Refuse two people in one place, hours without days, and turns beyond the bounds."""
        data: dict[str, Any] = super().clean() or {}
        places = [data[_place(each)] for each in self.people if data.get(_place(each))]
        if not self.errors and not places:
            raise ValidationError("Give at least one person a place: 1 for the first.")
        if len(set(places)) < len(places):
            raise ValidationError("Two people have the same place.")
        unit = Unit(data.get("unit") or Unit.DAYS)
        if data.get("kind") == LayerKind.CUSTOM and data.get("every", 1) > LONGEST[unit]:
            self.add_error("every", f"At most {LONGEST[unit]} {unit}.")
        for number in WINDOWS:
            given = [bool(data.get(f"{part}_{number}")) for part in ("days",)]
            given += [data.get(f"{part}_{number}") is not None for part in ("from", "to")]
            if any(given) and not all(given):
                self.add_error(f"days_{number}", "Choose days, and from when until when.")
        return data

    @property
    def turns(self) -> Turns:
        """Return the rotation that was entered."""
        data = self.cleaned_data
        placed = [each for each in self.people if data.get(_place(each))]
        return Turns(
            title=data["title"],
            kind=data["kind"],
            every=data["every"],
            unit=data["unit"],
            starts_on=data["starts_on"],
            hand_off_at=data["hand_off_at"],
            people=tuple(sorted(placed, key=lambda each: int(data[_place(each)]))),
            windows=tuple(_window(data, number) for number in WINDOWS if data[f"days_{number}"]),
        )

    @property
    def places(self) -> list[Any]:
        """Return the fields of the members."""
        return [self[_place(person)] for person in self.people]

    @property
    def hours(self) -> list[tuple[Any, Any, Any]]:
        """Return the rows of hours."""
        return [(self[f"days_{n}"], self[f"from_{n}"], self[f"to_{n}"]) for n in WINDOWS]


def initial_of(layer: Layer | None, today: dt.date) -> dict[str, Any]:
    """Return what the form begins with: a layer's rotation, or a weekly one from next Monday."""
    if layer is None:
        monday = today + dt.timedelta(days=-today.weekday() % 7)
        return {
            "title": "Primary",
            "kind": LayerKind.WEEKLY.value,
            "every": 1,
            "unit": Unit.DAYS.value,
            "starts_on": monday,
            "hand_off_at": dt.time(9),
        }
    values: dict[str, Any] = {
        "title": layer.title,
        "kind": layer.kind,
        "every": layer.every,
        "unit": layer.unit,
        "starts_on": layer.starts_on,
        "hand_off_at": layer.hand_off_at,
        "seen": layer.pk,
    }
    for participant in layer.participants.select_related("person"):
        values[_place(participant.person)] = participant.place
    for number, window in zip(WINDOWS, layer.windows, strict=False):
        values[f"days_{number}"] = [str(day) for day in window["weekdays"]]
        values[f"from_{number}"] = window["from"]
        values[f"to_{number}"] = window["to"]
    return values


def _window(data: Mapping[str, Any], number: int) -> dict[str, object]:
    return {
        "weekdays": sorted(int(day) for day in data[f"days_{number}"]),
        "from": f"{data[f'from_{number}']:%H:%M}",
        "to": f"{data[f'to_{number}']:%H:%M}",
    }


def _place(person: User) -> str:
    return f"place_{person.username}"
