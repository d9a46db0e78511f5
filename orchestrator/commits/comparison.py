"""Is the record still as it was approved? Three values a field: then, now, proposed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.kernel.choices import Choices
from orchestrator.kernel.sameness import same_value

__all__ = ["Comparison", "Difference", "Finding", "compare", "differences_after", "same_value"]


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
