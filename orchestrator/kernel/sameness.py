"""When two values are one to a system of record. Pure."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any


def same_value(left: Any, right: Any) -> bool:
    """
    Say whether two values are one to the system of record.

    Numbers count by value (`"250000.00"` is `250000.0`), moments by instant, empty text is nothing.
    """
    if _empty(left) or _empty(right):
        return _empty(left) and _empty(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if type(left) is type(right) and left == right:
        return True
    return _same_number(left, right) or _same_moment(left, right)


def _empty(value: Any) -> bool:
    return value is None or value == ""


def _same_number(left: Any, right: Any) -> bool:
    """Compare as numbers if at least one of the two is one; two texts are only equal as texts."""
    if isinstance(left, str) and isinstance(right, str):
        return False
    try:
        return Decimal(str(left)) == Decimal(str(right))
    except InvalidOperation:
        return False


def _same_moment(left: Any, right: Any) -> bool:
    if not (isinstance(left, str) and isinstance(right, str)):
        return False
    try:
        first, second = dt.datetime.fromisoformat(left), dt.datetime.fromisoformat(right)
    except ValueError:
        return False
    if (first.tzinfo is None) != (second.tzinfo is None):
        return False
    return "T" in left and "T" in right and first == second
