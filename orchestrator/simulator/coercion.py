"""JSON values to what a field stores, or the refusal that the documents describe."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

from orchestrator.simulator import clock
from orchestrator.simulator.errors import Refusal, bad_json, refusal
from orchestrator.simulator.fields import Field, ObjectType

DAY = re.compile(r"\d{4}-\d\d-\d\d")
EMAIL = re.compile(r"[^@\s,;<>\"()\[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
JSON_TYPES: tuple[tuple[type, str], ...] = (
    (dict, "START_OBJECT"),
    (list, "START_ARRAY"),
    (bool, "VALUE_TRUE"),
    (int, "VALUE_NUMBER_INT"),
    (float, "VALUE_NUMBER_FLOAT"),
    (str, "VALUE_STRING"),
)


def stored(kind: ObjectType, field: Field, value: Any) -> Any:
    """
    Return what the field stores for a JSON value; None is null.

    :raises Refusal: if the value cannot be one of this field
    """
    if value is None or value == "":
        if field.type == "boolean":
            raise wrong_type(field, "")
        return None
    return READERS[field.type](kind, field, value)


def wrong_type(field: Field, shown: Any) -> Refusal:
    """Return the refusal of a value that is not of the field's type."""
    message = f"{field.label}: value not of required type: {shown}"
    return refusal("INVALID_TYPE_ON_FIELD_IN_RECORD", message, [field.name])


def cannot_read(field: Field, value: Any) -> Refusal:
    """Return the refusal of a value that the parser cannot take for the field's type."""
    token = next((name for one, name in JSON_TYPES if isinstance(value, one)), "VALUE_NULL")
    if value is False:
        token = "VALUE_FALSE"  # noqa: S105 - a JSON token, no secret
    shown = "" if isinstance(value, dict | list) else f" value {str(value)[:100]}"
    return bad_json(
        f"Cannot deserialize instance of {field.type} from {token}{shown} or request may be "
        f"missing a required field at [field:{field.name}]"
    )


def _text(kind: ObjectType, field: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise cannot_read(field, value)
    text = str(value)
    if field.length and len(text) > field.length:
        message = (
            f"{kind.label} {field.label}: data value too large: {text[:255]} "
            f"(max length={field.length})"
        )
        raise refusal("STRING_TOO_LONG", message, [field.name])
    return text


def _email(kind: ObjectType, field: Field, value: Any) -> str:
    text = _text(kind, field, value)
    if not EMAIL.fullmatch(text):
        message = f"{field.label}: invalid email address: {text[:255]}"
        raise refusal("INVALID_EMAIL_ADDRESS", message, [field.name])
    return text


def _choice(kind: ObjectType, field: Field, value: Any) -> str:
    text = _text(kind, field, value)
    if not field.restricted or text in field.values:
        return text
    folded = text.casefold()
    for known in field.values:
        if known.casefold() == folded:
            return known
    raise _not_a_choice(field, text)


def _choices(kind: ObjectType, field: Field, value: Any) -> str:
    parts = [part for part in _text(kind, field, value).split(";") if part]
    for part in parts:
        if part not in field.values:
            raise _not_a_choice(field, part)
    return ";".join(sorted(set(parts), key=field.values.index))


def _not_a_choice(field: Field, text: str) -> Refusal:
    message = f"{field.label}: bad value for restricted picklist field: {text[:255]}"
    return refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])


def _flag(_kind: ObjectType, field: Field, value: Any) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise cannot_read(field, value)
    return value


def _number(_kind: ObjectType, field: Field, value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise cannot_read(field, value)
    try:
        exact = Decimal(str(value))
        # More places than the field has are cut off without a word, as the API does.
        kept = exact.quantize(Decimal(1).scaleb(-field.scale), rounding=ROUND_DOWN)
    except InvalidOperation:
        raise cannot_read(field, value) from None
    if abs(kept) >= Decimal(10) ** (field.digits - field.scale):
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise refusal("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])
    return int(kept) if field.type == "int" else float(kept)


def _day(_kind: ObjectType, field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise cannot_read(field, value)
    try:
        if DAY.fullmatch(value):
            return dt.date.fromisoformat(value).isoformat()
        return clock.read(value).astimezone(dt.UTC).date().isoformat()
    except ValueError:
        raise cannot_read(field, value) from None


def _moment(_kind: ObjectType, field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise cannot_read(field, value)
    try:
        return clock.written(clock.read(value))
    except (ValueError, OverflowError):
        raise cannot_read(field, value) from None


READERS: Mapping[str, Callable[[ObjectType, Field, Any], Any]] = {
    "string": _text,
    "textarea": _text,
    "phone": _text,
    "url": _text,
    # That a reference leads to a record is checked with the record at hand.
    "reference": _text,
    "id": _text,
    "email": _email,
    "picklist": _choice,
    "multipicklist": _choices,
    "boolean": _flag,
    "int": _number,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _day,
    "datetime": _moment,
}
