"""Is the record still as it was approved? Three values a field: then, now, proposed. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from orchestrator.kernel.choices import Choices


class Finding(Choices):
    """What a comparison found."""

    AS_APPROVED = "as_approved"
    MOVED = "moved"
    GONE = "gone"
    # For a create: somebody has made the record already.
    EXISTS = "exists"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as it was approved."""

    field: str
    then: Any
    now: Any
    proposed: Any

    def as_json(self) -> dict[str, Any]:
        """Return the three-way values."""
        return {
            "field": self.field,
            "then": self.then,
            "now": self.now,
            "proposed": self.proposed,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """One change against the record as it is now."""

    finding: Finding
    differences: Sequence[Difference] = ()
    # Whether the record is already as proposed; who made it so is for the caller to find out.
    there: bool = False


def compare(
    *,
    operation: str,
    base: Mapping[str, Any],
    now: Mapping[str, Any] | None,
    proposed: Mapping[str, Any],
    depends_on: Sequence[str],
) -> Comparison:
    """Compare the fields that a change touches or depends on with the base that was approved."""
    if now is None:
        if operation == "create":
            return Comparison(Finding.AS_APPROVED)
        return Comparison(Finding.GONE, there=operation == "delete")
    there = operation != "delete" and all(
        same_value(now.get(name), value) for name, value in proposed.items()
    )
    if operation == "create":
        return Comparison(Finding.EXISTS, there=there)
    watched = list(dict.fromkeys([*proposed, *depends_on] if operation == "update" else base))
    differences = [
        Difference(name, base.get(name), now.get(name), proposed.get(name))
        for name in watched
        if not same_value(base.get(name), now.get(name))
    ]
    finding = Finding.MOVED if differences else Finding.AS_APPROVED
    return Comparison(finding, differences, there)


def differences_after(
    *, wanted: Mapping[str, Any], found: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Return the fields that do not read back as they were written."""
    have = found or {}
    return [
        {"field": name, "wanted": value, "found": have.get(name)}
        for name, value in wanted.items()
        if found is None or not same_value(value, have.get(name))
    ]


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
