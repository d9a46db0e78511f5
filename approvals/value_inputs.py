"""Typed inputs for fields of the CRM, made from how the org describes them."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from orchestrator.connectors.base import FieldDescription
from orchestrator.web.local_time import local, zone_of_reader
from orchestrator.workflows.definition import FieldRule
from orchestrator.workflows.wording import bounds_in_words

LONG_TEXT = 255
DECIMALS = frozenset({"currency", "double", "percent"})
CONTROL, SELECT, CHECK = "form-control", "form-select", "form-check-input"
TRUE, FALSE = "true", "false"
BETWEEN_CHOICES = ";"
ANY = FieldRule()
UNKNOWN = FieldDescription(
    name="", label="", type="", nillable=True, createable=True, updateable=True
)


def value_input(
    name: str, value: Any, description: FieldDescription | None, rule: FieldRule = ANY
) -> forms.Field:
    """Return the input for a field; the value that was proposed can always stay."""
    field = description or UNKNOWN
    common: dict[str, Any] = {"label": name, "required": False, "help_text": _help(field, rule)}
    kind = field.type
    if kind == "boolean" or isinstance(value, bool):
        return _YesOrNo(**common)
    if kind == "int":
        return forms.IntegerField(widget=_plain("numeric"), **common)
    if kind in DECIMALS or (not kind and isinstance(value, int | float)):
        return forms.DecimalField(widget=_plain("decimal"), **common)
    if kind == "date":
        return _Date(widget=_picker("date", "%Y-%m-%d"), **common)
    if kind == "datetime":
        return _Moment(widget=_picker("datetime-local", "%Y-%m-%dT%H:%M:%S"), **common)
    if kind == "multipicklist":
        return _Several(field.picklist, value, **common)
    if options := _options(field, rule):
        return _choice(options, value, common)
    return _text(value, field, common)


def as_typed(value: Any, description: FieldDescription | None) -> Any:
    """Return a value as its input shows it."""
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if value is None:
        return ""
    if description is not None and description.type == "multipicklist":
        return str(value).split(BETWEEN_CHOICES) if value else []
    return value


def as_json(value: Any) -> str | bool | Decimal | int | None:
    """Return what was typed as a value of a proposal."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return BETWEEN_CHOICES.join(value)
    exact: str | bool | Decimal | int = value
    return exact


class _Text(forms.CharField):
    """A text as it was typed, with one kind of line end."""

    def to_python(self, value: Any) -> Any:
        """Return the text, or nothing for an empty one."""
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say whether another text was typed: a browser sends one kind of line end for all."""
        return super().has_changed(self.to_python(initial), data)


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


class _Date(forms.DateField):
    """A day, whatever was proposed in its place."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as days: a proposed text may carry more than that."""
        return str(initial or "")[:10] != (data or "")

    def prepare_value(self, value: Any) -> Any:
        """Show the day of what was proposed."""
        return value[:10] if isinstance(value, str) else value


class _Moment(forms.Field):
    """A moment on the clock of whoever types it; stored in UTC."""

    default_error_messages = {"invalid": "Write a date and a time."}

    def __init__(self, **more: Any) -> None:
        """Say whose clock it is."""
        zone = f"Time zone: {zone_of_reader()}."
        more["help_text"] = f"{zone} {more.get('help_text', '')}".strip()
        super().__init__(**more)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored moment on the reader's clock, and what was typed as it was typed."""
        try:
            moment = dt.datetime.fromisoformat(str(value))
        except ValueError:
            return value
        if moment.tzinfo is None:
            return value
        return local(moment).replace(tzinfo=None).isoformat(timespec="seconds")

    def to_python(self, value: Any) -> dt.datetime | None:
        """Return the moment that was typed."""
        if not value:
            return None
        try:
            typed = dt.datetime.fromisoformat(value)
            aware = typed if typed.tzinfo else typed.replace(tzinfo=zone_of_reader())
            return aware.astimezone(dt.UTC)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say whether another second was typed; browsers leave seconds of zero out."""
        shown = str(self.prepare_value(initial) or "")
        return shown.removesuffix(":00") != str(data or "").removesuffix(":00")


class _Several(forms.MultipleChoiceField):
    """Several values of a picklist."""

    def __init__(self, values: Iterable[str], proposed: Any, **more: Any) -> None:
        """Offer the field's values and those that were proposed."""
        given = str(proposed).split(BETWEEN_CHOICES) if proposed else []
        options = list(dict.fromkeys([*values, *given]))
        super().__init__(
            choices=[(each, each) for each in options],
            widget=forms.CheckboxSelectMultiple(attrs={"class": CHECK}),
            **more,
        )


def _options(field: FieldDescription, rule: FieldRule) -> list[str]:
    """Return the texts among which to choose, if there are such: what policy and the org allow."""
    allowed = [each for each in rule.allowed or () if isinstance(each, str)]
    if not allowed or len(allowed) != len(rule.allowed or ()):
        return list(field.picklist)
    return [each for each in allowed if not field.restricted or each in field.picklist]


def _choice(options: list[str], value: Any, common: dict[str, Any]) -> forms.Field:
    offered = dict.fromkeys(["", *options, str(value or "")])
    return forms.ChoiceField(
        choices=[(each, each or "empty") for each in offered],
        widget=forms.Select(attrs={"class": SELECT}),
        error_messages={"invalid_choice": "%(value)s is not one of the choices."},
        **common,
    )


def _text(value: Any, field: FieldDescription, common: dict[str, Any]) -> forms.Field:
    longest = field.length or None
    is_long = (longest or 0) > LONG_TEXT or len(str(value or "")) > LONG_TEXT
    widget: forms.Widget = _plain("text")
    if is_long or "\n" in str(value or ""):
        widget = forms.Textarea(attrs={"class": CONTROL, "rows": 4})
    return _Text(max_length=longest, strip=False, widget=widget, **common)


def _plain(mode: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": CONTROL, "inputmode": mode, "autocomplete": "off"})


def _picker(kind: str, shown: str) -> forms.DateInput:
    step = {"step": "1"} if kind == "datetime-local" else {}
    return forms.DateInput(format=shown, attrs={"type": kind, "class": CONTROL, **step})


def _help(field: FieldDescription, rule: FieldRule) -> str:
    """Return what fits here, in one line: as policy bounds it, and as the org describes it."""
    said = []
    if bounds := bounds_in_words(rule):
        said.append(f"Policy: {bounds}.")
    if field.type in DECIMALS and field.digits:
        whole = f"at most {field.digits - field.scale} digits"
        said.append(
            f"Numbers of {whole}, {field.scale} behind the point."
            if field.scale
            else f"Whole numbers of {whole}."
        )
    if field.references:
        said.append(f"The id of {' or '.join(field.references)}.")
    return " ".join(said)
