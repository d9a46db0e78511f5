"""Formulas of validation rules, as far as ours go: read into values and evaluated."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(r"\s*([A-Za-z_$][\w.$]*|[(),])")
PERMISSION = "$Permission."
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Save:
    """One save: the record before (none for a new one) and after, and the user's permissions."""

    old: Values | None
    new: Values
    permissions: frozenset[str] = frozenset()

    def changed(self, name: str) -> bool:
        """Say whether a field changed; on a new record nothing has."""
        return self.old is not None and self.old[name] != self.new[name]


def evaluate(formula: str, save: Save) -> bool:
    """Return what a formula says of a save: true is an error."""
    tokens = TOKEN.findall(formula)
    assert "".join(tokens) == re.sub(r"\s", "", formula), "There is more in it than we read."
    value, rest = _read(tokens, save)
    assert rest == [], rest
    return value


def names_in(formula: str) -> set[str]:
    """Return the fields and permissions that a formula looks at."""
    return {name for name in TOKEN.findall(formula) if name not in {*CALLS, *"(),"}}


def _read(tokens: list[str], save: Save) -> tuple[bool, list[str]]:
    head, rest = tokens[0], tokens[1:]
    if head.startswith(PERMISSION):
        return head.removeprefix(PERMISSION) in save.permissions, rest
    assert rest[0] == "(", head
    rest = rest[1:]
    if head in ("ISCHANGED", "ISBLANK"):
        name, close, *rest = rest
        assert close == ")"
        return CALLS[head](save, name), rest
    values = []
    while rest[0] != ")":
        value, rest = _read(rest, save)
        values.append(value)
        rest = rest[1:] if rest[0] == "," else rest
    return CALLS[head](save, values), rest[1:]


CALLS: Mapping[str, Callable[[Save, Any], bool]] = {
    "AND": lambda save, values: all(values),
    "OR": lambda save, values: any(values),
    "NOT": lambda save, values: not values[0],
    "ISNEW": lambda save, values: save.old is None,
    "ISCHANGED": lambda save, name: save.changed(name),
    "ISBLANK": lambda save, name: not save.new[name],
}
