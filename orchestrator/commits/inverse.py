"""How to undo a commit, computed when it was read back. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class ChangeLike(Protocol):
    """What a change says about itself."""

    operation: str
    object_name: str
    record_id: str
    fields: Mapping[str, Any]


Image = Mapping[str, Any] | None


def inverse_of(
    changes: Sequence[ChangeLike], before: Sequence[Image], after: Sequence[Image]
) -> list[dict[str, Any]]:
    """
    Return the changes that undo these, last first, each with the values that it expects to find.

    An undo is a new change: it is proposed, approved and guarded like any other.
    """
    steps = [
        _undo(change, was, now) for change, was, now in zip(changes, before, after, strict=True)
    ]
    return [step for step in reversed(steps) if step is not None]


def _undo(change: ChangeLike, was: Image, now: Image) -> dict[str, Any] | None:
    step: dict[str, Any] = {"op": "", "object": change.object_name, "id": "", "fields": {}}
    if was is None and change.operation != "create":
        # What was there is not known: writing nothing over it would not undo anything.
        return None
    if change.operation == "delete":
        gone = {"of": change.record_id}
        return {**step, **gone, "op": "create", "fields": _values(was), "expect": {}}
    if now is None:
        # Gone already when it was read back: there is nothing left to undo.
        return None
    step |= {"id": now["id"], "expect": {name: _values(now).get(name) for name in change.fields}}
    if change.operation == "create":
        return {**step, "op": "delete", "guard": now["modified_at"]}
    return {
        **step,
        "op": "update",
        "fields": {name: _values(was).get(name) for name in change.fields},
        "guard": now["modified_at"],
    }


def _values(image: Image) -> Mapping[str, Any]:
    return {} if image is None else image["values"]
