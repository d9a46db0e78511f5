"""Field values: how they compare, and how they are written in JSON."""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
IDS = frozenset({"id", "reference"})
MOMENTS = frozenset({"date", "datetime"})
RECORD_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", re.ASCII)

SIGNIFICANT = 15
SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def full_id(record_id: str) -> str:
    """Return the 18-character form of an id of 15 or 18 characters."""
    stem = record_id[:SIGNIFICANT]
    blocks = (stem[start : start + 5] for start in range(0, SIGNIFICANT, 5))
    return stem + "".join(
        SUFFIX[sum(1 << place for place, letter in enumerate(block) if letter.isupper())]
        for block in blocks
    )


def comparable(field_type: str, value: Any) -> Any:
    """Return what a stored value is compared by; None stands for null and for empty text."""
    if field_type == "boolean":
        return bool(value)
    if value is None or value == "":
        return None
    if field_type in NUMBERS:
        return float(value)
    if field_type in IDS:
        return str(value)[:SIGNIFICANT]
    if field_type == "date":
        return as_date(value)
    if field_type == "datetime":
        return as_datetime(value)
    return str(value).casefold()


def as_date(value: Any) -> dt.date:
    """Return a stored date, or the day of a stored datetime."""
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def as_datetime(value: Any) -> dt.datetime:
    """Return a stored datetime with its zone; one without is in UTC, as the API delivers them."""
    moment = value if isinstance(value, dt.datetime) else _read_moment(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


@lru_cache(maxsize=8192)
def _read_moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def written(field_type: str, value: Any) -> Any:
    """Return a stored value as the API writes it."""
    if field_type == "boolean":
        return bool(value)
    if isinstance(value, dt.datetime):
        return as_datetime(value).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value
