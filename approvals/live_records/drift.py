"""What is no longer as it was read: by the same measure as before the write. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from approvals.states import Operation
from orchestrator.kernel.sameness import same_value

Values = Mapping[str, Any]


class BasedChange(Protocol):
    """A change with what it was based on."""

    position: int
    operation: str
    object_name: str
    record_id: str
    record_label: str
    fields: Any
    depends_on: Any
    base: Any


def drift(
    changes: Sequence[BasedChange], now: Mapping[int, Values | None]
) -> dict[int, Values | None]:
    """
    Return, by position, each field that the change touches or depends on and that moved.

    A record that is gone is None; what has not moved is not there.
    """
    found: dict[int, Values | None] = {}
    for change in changes:
        if change.position not in now or change.base is None:
            continue
        values = now[change.position]
        if values is None:
            found[change.position] = None
        elif moved := _moved(change, values):
            found[change.position] = moved
    return found


def _moved(change: BasedChange, now: Values) -> dict[str, Any]:
    update = change.operation == Operation.UPDATE
    watched = [*change.fields, *change.depends_on] if update else list(change.base)
    return {
        name: now.get(name)
        for name in dict.fromkeys(watched)
        if name in change.base and not same_value(change.base[name], now.get(name))
    }


def moved_fields(found: Mapping[int, Values | None]) -> list[str]:
    """Return the names of the fields that moved, each once."""
    return list(dict.fromkeys(name for moved in found.values() for name in moved or {}))


def three_values(
    changes: Sequence[BasedChange],
    found: Mapping[int, Values | None],
    now: Mapping[int, Values | None],
) -> list[dict[str, Any]]:
    """Return, per change, the fields that moved as they were, are and should be."""
    return [
        {
            "position": change.position,
            "operation": str(change.operation),
            "object": change.object_name,
            "id": change.record_id,
            "label": change.record_label,
            "gone": found.get(change.position, {}) is None,
            # It moved while people looked at it: nobody had approved the values of before.
            "undecided": True,
            "fields": [
                {
                    "field": name,
                    "then": change.base.get(name),
                    "now": value,
                    "proposed": change.fields.get(name),
                }
                for name, value in (found.get(change.position) or {}).items()
            ],
            "now": _image(change, now.get(change.position)),
        }
        for change in changes
    ]


def _image(change: BasedChange, values: Values | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {"object": change.object_name, "id": change.record_id, "values": dict(values)}
