"""What a reader of the ledger may not see is taken out of its lines; the rule comes from above."""

from collections.abc import Callable, Sequence
from typing import Any

from audit.queries import Line

# Given the person who reads, and the lines, what remains of them for that person.
Rule = Callable[[Any, Sequence[Line]], list[Line]]
_rules: list[Rule] = []


def register(rule: Rule) -> None:
    """Let every line that a person reads pass this rule; registering twice counts once."""
    if rule not in _rules:
        _rules.append(rule)


def readable(person: Any, lines: Sequence[Line]) -> list[Line]:
    """Return the lines as this person may read them."""
    found = list(lines)
    for rule in _rules:
        found = rule(person, found)
    return found
