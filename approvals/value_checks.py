"""Does a value that a person typed fit its field, as its org describes it? Pure."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from approvals.validation import RecordIds
from orchestrator.connectors.base import FieldDescription
from orchestrator.connectors.errors import BadRecordId

NUMBERS = frozenset({"int", "double", "currency", "percent"})
CHOICES = frozenset({"picklist", "multipicklist"})
BETWEEN_CHOICES = ";"


def faults_of(value: Any, description: FieldDescription) -> list[str]:
    """Return what the org would refuse about a value, in words for whoever typed it."""
    if value is None or value == "":
        return [] if description.nillable else ["This field cannot be empty."]
    return list(_faults(value, description))


def full_reference(value: str, description: FieldDescription, ids: RecordIds) -> str:
    """
    Return the id of a record in its full form.

    :raises BadRecordId: if it can be the id of nothing that the field may refer to
    """
    refusal = BadRecordId("This field refers to nothing.")
    for object_name in description.references or ("record",):
        try:
            return ids.check_record_id(object_name, value)
        except BadRecordId as refused:
            refusal = refused
    raise refusal


def _faults(value: Any, description: FieldDescription) -> Iterator[str]:
    kind = description.type
    if kind in NUMBERS:
        yield from _number_faults(value, description)
    elif kind in PLAIN:
        fits, words = PLAIN[kind]
        if not fits(value):
            yield words
    elif not isinstance(value, str):
        yield "Write a text."
    else:
        yield from _text_faults(value, description)


def _text_faults(value: str, description: FieldDescription) -> Iterator[str]:
    if description.type in CHOICES and description.restricted:
        parts = value.split(BETWEEN_CHOICES) if description.type == "multipicklist" else [value]
        unknown = [part for part in parts if part not in description.picklist]
        if unknown:
            known = ", ".join(description.picklist)
            yield f"{', '.join(unknown)}: the CRM takes only {known}."
    if description.length and len(value) > description.length:
        yield f"At most {description.length:,} characters fit here; these are {len(value):,}."


def _number_faults(value: Any, description: FieldDescription) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        yield "Write a number."
        return
    number = Decimal(str(value))
    if not number.is_finite():
        yield "Write a number."
        return
    behind = max(-int(number.normalize().as_tuple().exponent), 0)
    scale = 0 if description.type == "int" else description.scale
    if (description.digits or description.type == "int") and behind > scale:
        yield f"At most {scale} digits fit behind the point." if scale else "Write a whole number."
    room = description.digits - scale
    if description.digits and abs(number) >= Decimal(10) ** room:
        yield f"At most {room} digits fit before the point."


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and dt.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


PLAIN: dict[str, tuple[Callable[[Any], bool], str]] = {
    "boolean": (lambda value: isinstance(value, bool), "Choose yes or no."),
    "date": (_is_date, "Write a date, such as 2026-12-24."),
    "datetime": (_is_moment, "Write a date and a time."),
}
