"""What a rollback would do to records, value by value, as plain data. Pure."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from orchestrator.connectors.base import ObjectDescription, RecordKey, Snapshot
from orchestrator.kernel.canonical import digest
from orchestrator.kernel.choices import Choices

# The line of a whole record, where there is no field to name.
WHOLE = ""
Order = tuple[dt.datetime, str]


class Fate(Choices):
    """What becomes of one value."""

    RESTORE = "restore"
    # Somebody has written it since: kept, unless a person ticks it.
    NEWER = "newer"
    AS_BEFORE = "as_before"
    IMPOSSIBLE = "impossible"


class Step(NamedTuple):
    """One step that undoes one change of one commit."""

    order: Order
    commit_id: str
    # What undoes it: a create where the record was deleted, a delete where it was created.
    operation: str
    key: RecordKey
    # What the record had before; everything it was made of, for what was deleted.
    before: Mapping[str, Any]
    # What it had right after, and when it was last modified then.
    wrote: Mapping[str, Any]
    stamp: str | None


class Other(NamedTuple):
    """A write of ours that is not chosen, and still stands."""

    order: Order
    proposal_id: str
    key: RecordKey
    fields: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value in three columns, and what becomes of it."""

    key: RecordKey
    field: str
    restored_to: Any
    now: Any
    wrote: Any
    fate: Fate
    because: str = ""
    # The proposal that wrote the newer value, where it was one of ours.
    newer_by: str = ""
    # The CRM's type of the field, to show its values.
    kind: str = ""

    @property
    def mark(self) -> str:
        """Return what a tick stands for: this value of this field, as it is now."""
        return digest([*self.key, self.field, str(self.now)])[-16:]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlan:
    """What happens to one record."""

    key: RecordKey
    label: str
    operation: str
    lines: Sequence[Line]
    # Whose writes it takes back, newest first.
    commits: Sequence[str]

    @property
    def weight(self) -> int:
        """Return how many steps of a call it takes: a delete is a guard and the delete itself."""
        return 2 if self.operation == "delete" else 1

    def restored(self, ticked: Collection[str]) -> list[Line]:
        """Return the values that are set back."""
        return [
            line
            for line in self.lines
            if line.fate == Fate.RESTORE or (line.fate == Fate.NEWER and line.mark in ticked)
        ]

    def kept(self, ticked: Collection[str]) -> list[Line]:
        """Return the values that stay although we wrote them."""
        return [
            line
            for line in self.lines
            if line.fate == Fate.IMPOSSIBLE or (line.fate == Fate.NEWER and line.mark not in ticked)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is true now: the records, what they look like, and who writes for us."""

    now: Mapping[RecordKey, Snapshot | None]
    objects: Mapping[str, ObjectDescription | None]
    writer: str
