"""Which changes are alike: a key made of the shape of a change. Pure."""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from approvals.states import Operation

# Fields with few values: there, the same step from old to new is the same question.
FEW_VALUES = frozenset({"picklist", "multipicklist", "boolean", "combobox"})
LONGEST_VALUE = 40
KEY_LENGTH = 24


def key_of(
    *, workflow: int, action: str, headline: Mapping[str, Any], kept: Collection[str] = ()
) -> str:
    """
    Return the key that a proposal shares with those that are decided alike.

    No value of a field that is kept from some readers goes into it: the key stands in addresses.
    """
    shape = [workflow, action, headline["operation"], headline["object"], headline["fields"]]
    shape += [headline["changes"], step_of(headline, kept)]
    words = json.dumps(shape, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()[:KEY_LENGTH]


def step_of(headline: Mapping[str, Any], kept: Collection[str] = ()) -> list[Any] | None:
    """Return the old and the new value where one short value changes; they are part of the key."""
    first = headline["first"]
    single = len(headline["fields"]) == 1 and headline["changes"] == 1
    if first is None or not single or headline["operation"] != Operation.UPDATE:
        return None
    if f"{headline['object']}.{first['field']}" in kept:
        return None
    values = [first["old"], first["new"]]
    few = first["kind"] in FEW_VALUES and all(map(_short, values))
    return values if few else None


def _short(value: Any) -> bool:
    return value is None or isinstance(value, bool) or len(str(value)) <= LONGEST_VALUE
