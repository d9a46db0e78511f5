"""Groups of the inbox as people read them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from approvals.group_keys import step_of
from approvals.grouping import COUNT_LIMIT, Group
from approvals.states import Operation
from approvals.visibility import Sight, outside_sight

MOST_FIELDS, MOST_AGENTS = 4, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """What one group of the list says."""

    key: str
    object_name: str
    # What is done in all of them, and from which value to which where that is shared.
    what: str
    step: list[Any] | None
    kind: str
    count: int
    # There are more than are counted.
    more: bool
    workflow: str
    agents: str
    due_at: dt.datetime | None
    opened_at: dt.datetime | None
    risks: tuple[tuple[str, int], ...]


def group_lines(
    groups: Sequence[Group], *, sights: Mapping[int, Sight] | None = None
) -> list[GroupLine]:
    """Return the lines of a page of groups."""
    known = sights or {}
    return [
        _line(each, known.get(each.first.workflow_id) or outside_sight(each.first.workflow))
        for each in groups
    ]


def _line(group: Group, sight: Sight) -> GroupLine:
    shown, first = group.first.headline, group.first.headline["first"]
    return GroupLine(
        key=group.key,
        object_name=shown["object"],
        what=_what(shown),
        # Where the field is kept from somebody, the values are no part of what they share.
        step=step_of(shown, sight.kept),
        kind=first["kind"] if first else "",
        count=min(group.count, COUNT_LIMIT),
        more=group.count > COUNT_LIMIT,
        workflow=group.first.workflow.title,
        agents=_listed(group.agents),
        due_at=group.due_at,
        opened_at=group.opened_at,
        risks=group.risks,
    )


def _what(shown: Mapping[str, Any]) -> str:
    if shown["operation"] == Operation.DELETE:
        return f"Delete {shown['object']}"
    if shown["operation"] == Operation.CREATE:
        return f"New {shown['object']}"
    fields = shown["fields"]
    rest = len(fields) - MOST_FIELDS
    listed = ", ".join(fields[:MOST_FIELDS])
    return f"{listed} and {rest} more" if rest > 0 else listed


def _listed(agents: Sequence[str]) -> str:
    rest = len(agents) - MOST_AGENTS
    listed = ", ".join(agents[:MOST_AGENTS])
    return f"{listed} and {rest} more" if rest > 0 else listed
