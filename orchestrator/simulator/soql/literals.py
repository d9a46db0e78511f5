"""Literals held against the type of the field they are compared with."""

import datetime as dt
from typing import Any

from orchestrator.simulator.soql.errors import Fault
from orchestrator.simulator.soql.nodes import DateLiteral, Value
from orchestrator.simulator.soql.periods import Period, period
from orchestrator.simulator.soql.source import FieldInfo
from orchestrator.simulator.soql.values import IDS, MOMENTS, NUMBERS, RECORD_ID, comparable

NAMES = {"datetime": "dateTime", "date": "date", "boolean": "boolean", "int": "int"}


def operand(field: FieldInfo, value: Value) -> Any:
    """
    Return what a literal is compared by, None for null.

    :raises Fault: INVALID_FIELD if the literal is of another type than the field
    """
    literal = value.value
    if literal is None:
        return None
    if not _fits(field.type, literal):
        raise _mismatch(field, value)
    if field.type in IDS:
        return _record_id(str(literal), value.offset)
    if isinstance(literal, dt.datetime):
        return literal
    return comparable(field.type, literal)


def span(field: FieldInfo, value: Value, *, at: dt.datetime) -> tuple[Any, Any]:
    """
    Return the bounds of a date literal, as values of the field.

    :raises Fault: INVALID_FIELD if the field holds neither dates nor datetimes
    """
    if field.type not in MOMENTS or not isinstance(value.value, DateLiteral):
        raise _mismatch(field, value)
    first, end = _days(value.value, value.offset, today=at.astimezone(dt.UTC).date())
    if field.type == "date":
        return first, end
    midnight = dt.time(tzinfo=dt.UTC)
    return dt.datetime.combine(first, midnight), dt.datetime.combine(end, midnight)


def _days(literal: DateLiteral, offset: int, *, today: dt.date) -> Period:
    try:
        return period(literal, today=today)
    except (OverflowError, ValueError):
        raise Fault(
            "NUMBER_OUTSIDE_VALID_RANGE", f"{literal.name} is too far away", offset=offset
        ) from None


def _fits(field_type: str, literal: object) -> bool:
    if field_type == "boolean":
        return isinstance(literal, bool)
    if field_type in NUMBERS:
        return isinstance(literal, int | float) and not isinstance(literal, bool)
    if field_type == "datetime":
        return isinstance(literal, dt.datetime)
    if field_type == "date":
        return isinstance(literal, dt.date) and not isinstance(literal, dt.datetime)
    return isinstance(literal, str)


def _record_id(text: str, offset: int) -> Any:
    if not RECORD_ID.fullmatch(text):
        raise Fault("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {text}", offset=offset)
    return comparable("id", text)


def _mismatch(field: FieldInfo, value: Value) -> Fault:
    textual = field.type not in {*NUMBERS, *MOMENTS, "boolean"}
    name = "double" if field.type in NUMBERS - {"int"} else NAMES.get(field.type, "string")
    quotes = "should be enclosed in quotes" if textual else "should not be enclosed in quotes"
    return Fault(
        "INVALID_FIELD",
        f"value of filter criterion for field '{field.name}' must be of type {name} and {quotes}",
        offset=value.offset,
    )
