"""What lists show of a proposal without opening its changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from approvals.diff import in_order
from approvals.exactness import invisible_characters, lookalike_characters

LONGEST_VALUE = 120


def headline(
    content: Mapping[str, Any],
    *,
    label: str = "",
    base: Mapping[str, Any] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the first change in short, with how many there are and what a reader could miss."""
    change = content["changes"][0]
    names = in_order(change["fields"], kinds or {})
    return {
        "operation": change["op"],
        "object": change["object"],
        "record_id": change["id"],
        "label": label,
        "fields": names,
        "first": _first(names, change["fields"], base or {}, kinds or {}),
        "changes": len(content["changes"]),
        "reason_code": content["reason"]["code"],
        "invisible": invisible_characters(content),
        "lookalikes": lookalike_characters(content),
    }


def field_kinds(content: Mapping[str, Any], kinds: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the CRM's type of every field to be written; `kinds` stands beside the changes."""
    return {
        f"{change['object']}.{name}": known[name]
        for change, known in zip(content["changes"], kinds, strict=False)
        for name in change["fields"]
        if name in known
    }


def _first(
    names: Sequence[str],
    fields: Mapping[str, Any],
    base: Mapping[str, Any],
    kinds: Mapping[str, str],
) -> dict[str, Any] | None:
    for name in names:
        return {
            "field": name,
            "old": _short(base.get(name)),
            "new": _short(fields[name]),
            "kind": kinds.get(name, ""),
        }
    return None


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        return value[:LONGEST_VALUE] + "…"
    return value
