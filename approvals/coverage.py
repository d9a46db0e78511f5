"""Do the grants of an agent cover what it asks for, as far as that can be said unread?"""

from collections.abc import Sequence
from typing import Protocol

from approvals.content import Draft
from approvals.problems import Problem


class Coverage(Protocol):
    """What a grant covers, whether it comes as a row or as a value."""

    @property
    def object_name(self) -> str:
        """Return the object it is about."""

    @property
    def fields(self) -> Sequence[str]:
        """Return the fields that may be written."""

    @property
    def operations(self) -> Sequence[str]:
        """Return what may be done to records."""

    @property
    def record_filter(self) -> str:
        """Return the condition on records, or nothing for every record."""


def missing_grants(draft: Draft, grants: Sequence[Coverage]) -> list[Problem]:
    """Return what no grant covers; record filters are judged once the record is read."""
    problems = []
    for number, change in enumerate(draft.changes):
        fitting = [
            grant
            for grant in grants
            if grant.object_name == change.object_name and change.operation in grant.operations
        ]
        covered = {name for grant in fitting for name in grant.fields}
        lacking = sorted(set(change.fields) - covered)
        if fitting and not lacking:
            continue
        what = f"{change.operation} on {change.object_name}"
        if fitting:
            what += f": {', '.join(lacking)}"
        text = f"No grant in force covers {what}. Ask the agent's owner for a grant."
        problems.append(Problem("not_granted", f"/changes/{number}", text))
    return problems
