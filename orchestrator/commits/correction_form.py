"""The form in which a person corrects a change: one typed input for each field."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms

from approvals.content import DraftChange, change_of
from approvals.diff import in_order
from approvals.states import Operation
from orchestrator.connectors.base import FieldDescription

LONG_TEXT = 255
LEAVE_OUT = "leave-out"
DECIMALS = frozenset({"currency", "double", "percent"})
CONTROL, SELECT, CHECK = "form-control", "form-select", "form-check-input"
TRUE, FALSE = "true", "false"
Descriptions = Mapping[tuple[str, str], FieldDescription]


class CorrectionForm(forms.Form):
    """Every value that was to be written, as it was proposed, and why it is corrected."""

    digest = forms.CharField(max_length=80, widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=500,
        label="What was wrong, and what you changed",
        error_messages={"required": "Say in a sentence why."},
        widget=forms.Textarea(attrs={"class": CONTROL, "rows": 2}),
    )

    def __init__(
        self, *args: Any, changes: Sequence[Mapping[str, Any]], described: Descriptions, **more: Any
    ) -> None:
        """Make an input for every field of every change; `changes` are those of the content."""
        super().__init__(*args, **more)
        self.changes = changes
        self.described = described
        for position, change in enumerate(changes):
            for name in _ordered(change, described):
                value = change["fields"][name]
                key = f"{position}-{name}"
                description = described.get((change["object"], name))
                self.fields[key] = _input(name, value, description)
                self.initial[key] = _as_typed(value)
                self.fields[f"{key}-{LEAVE_OUT}"] = _leave_out(f"Leave {name} out")
            if change["op"] == Operation.DELETE:
                self.fields[f"{position}-{LEAVE_OUT}"] = _leave_out("Do not delete this record")

    def rows(self, position: int) -> Iterator[dict[str, Any]]:
        """Yield what stands beside each field of a change: its name, input and way out."""
        change = self.changes[position]
        for name in _ordered(change, self.described):
            key = f"{position}-{name}"
            description = self.described.get((change["object"], name))
            yield {
                "name": name,
                "label": description.label if description else "",
                "input": self[key],
                "leave_out": self[f"{key}-{LEAVE_OUT}"],
            }

    def corrected(self) -> list[DraftChange]:
        """Return the changes as they were corrected; one that is left with nothing is left out."""
        found = []
        for position, change in enumerate(self.changes):
            if change["op"] == Operation.DELETE:
                if not self.cleaned_data[f"{position}-{LEAVE_OUT}"]:
                    found.append(change_of(change))
                continue
            fields = dict(self._values(position, change))
            if fields:
                kept = {name: value for name, value in change["expect"].items() if name in fields}
                found.append(replace(change_of(change), fields=fields, expect=kept))
        return found

    def place(self, path: str) -> str:
        """Return which input a problem of the proposal is about: `/changes/0/fields/Amount`."""
        parts = path.strip("/").split("/")
        key = f"{parts[1]}-{parts[3]}" if len(parts) == 4 and parts[0] == "changes" else ""
        return key if key in self.fields else ""

    def _values(self, position: int, change: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, proposed in change["fields"].items():
            key = f"{position}-{name}"
            if self.cleaned_data[f"{key}-{LEAVE_OUT}"]:
                continue
            # What nobody touched stays exactly as it was proposed.
            touched = key in self.changed_data
            yield name, _as_json(self.cleaned_data[key]) if touched else proposed


class _Text(forms.CharField):
    """A text as it was typed, with one kind of line end."""

    def to_python(self, value: Any) -> Any:
        """Return the text, or nothing for an empty one."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class _YesOrNo(forms.TypedChoiceField):
    """Yes, no, or empty."""

    def __init__(self, **more: Any) -> None:
        """Offer them."""
        super().__init__(
            choices=[("", "empty"), (TRUE, "yes"), (FALSE, "no")],
            coerce=lambda text: text == TRUE,
            empty_value=None,
            widget=forms.Select(attrs={"class": SELECT}),
            **more,
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say whether another answer was chosen."""
        return (initial or "") != (data or "")


def _ordered(change: Mapping[str, Any], described: Descriptions) -> list[str]:
    kinds = {
        name: described[change["object"], name].type
        for name in change["fields"]
        if (change["object"], name) in described
    }
    return in_order(change["fields"], kinds)


def _input(name: str, value: Any, description: FieldDescription | None) -> forms.Field:
    kind = description.type if description else ""
    label: dict[str, Any] = {"label": name, "required": False}
    if kind == "boolean" or isinstance(value, bool):
        return _YesOrNo(**label)
    if kind == "int":
        return forms.IntegerField(widget=_plain("numeric"), **label)
    if kind in DECIMALS or isinstance(value, int | float):
        return forms.DecimalField(widget=_plain("decimal"), **label)
    if kind == "date":
        return forms.DateField(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": CONTROL}),
            **label,
        )
    if description and description.picklist:
        options = dict.fromkeys(["", *description.picklist, str(value or "")])
        choices = [(each, each or "empty") for each in options]
        return forms.ChoiceField(
            choices=choices, widget=forms.Select(attrs={"class": SELECT}), **label
        )
    return _text(value, description, label)


def _text(value: Any, description: FieldDescription | None, label: dict[str, Any]) -> forms.Field:
    longest = description.length if description and description.length else None
    is_long = (longest or 0) > LONG_TEXT or len(str(value or "")) > LONG_TEXT
    widget: forms.Widget = _plain("text")
    if is_long or "\n" in str(value or ""):
        widget = forms.Textarea(attrs={"class": CONTROL, "rows": 4})
    return _Text(max_length=longest, strip=False, widget=widget, **label)


def _plain(mode: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": CONTROL, "inputmode": mode, "autocomplete": "off"})


def _leave_out(label: str) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, widget=forms.CheckboxInput(attrs={"class": CHECK})
    )


def _as_typed(value: Any) -> Any:
    if isinstance(value, bool):
        return TRUE if value else FALSE
    return "" if value is None else value


def _as_json(value: Any) -> str | bool | Decimal | int | None:
    if value in (None, ""):
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    exact: str | bool | Decimal | int = value
    return exact
