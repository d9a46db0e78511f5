"""Reading the records that changes touch: the base that people see is ours, never a claim."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from approvals.content import Draft, DraftChange
from approvals.coverage import Coverage
from approvals.states import Operation
from orchestrator.connectors.base import (
    OWN_FIELDS,
    Connector,
    ObjectDescription,
    RecordKey,
    Snapshot,
)
from orchestrator.policy.conditions import referenced_fields
from orchestrator.workflows.definition import ActionDefinition


@dataclass(slots=True)
class Reading:
    """What we know about the record of one change."""

    description: ObjectDescription
    # None for a create: there is nothing to read.
    key: RecordKey | None
    fields: list[str]
    unwritable: dict[str, str] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    exists: bool | None = None

    @property
    def values(self) -> Mapping[str, Any] | None:
        """Return the values that were read, if there was a record to read."""
        return self.snapshot.values if self.snapshot else None

    @property
    def kinds(self) -> dict[str, str]:
        """Return the type of every field that was read or is to be written."""
        return {name: each.type for name, each in self.description.fields.items()}


def plan(
    draft: Draft,
    *,
    action: ActionDefinition | None,
    grants: Iterable[Coverage] | None,
    connector: Connector,
) -> list[Reading]:
    """
    Return what to read for each change, and what its org will not let us write.

    :raises ConnectorError: if the org cannot describe its objects
    """
    conditions = _conditions(action, grants)
    return [
        _planned(change, conditions, connector.describe(change.object_name))
        for change in draft.changes
    ]


def wanted(readings: Iterable[Reading]) -> dict[RecordKey, list[str]]:
    """Return every record of a batch once, with every field that any change wants of it."""
    merged: dict[RecordKey, dict[str, None]] = {}
    for reading in readings:
        if reading.key is not None:
            merged.setdefault(reading.key, {}).update(dict.fromkeys(reading.fields))
    return {key: list(names) for key, names in merged.items()}


def keep(readings: Iterable[Reading], found: Mapping[RecordKey, Snapshot | None]) -> None:
    """Put what was found beside what was wanted."""
    for reading in readings:
        if reading.key is not None:
            reading.snapshot = found.get(reading.key)
            reading.exists = reading.snapshot is not None


def frozen_base(change: DraftChange, reading: Reading) -> dict[str, Any]:
    """Return the columns of a change that keep what was read, as JSON and times."""
    snapshot = reading.snapshot
    if snapshot is None:
        return {
            "base": None,
            "base_modified_at": None,
            "base_modstamp": None,
            "record_label": "",
            "parent_key": _parent_of_new(change, reading.description),
        }
    return {
        "base": {name: snapshot.values.get(name) for name in reading.fields},
        "base_modified_at": snapshot.modified_at,
        "base_modstamp": snapshot.modstamp,
        "record_label": snapshot.label[:255],
        "parent_key": snapshot.parent_key[:160],
    }


def _conditions(action: ActionDefinition | None, grants: Iterable[Coverage] | None) -> list[str]:
    texts = [grant.record_filter for grant in grants or () if grant.record_filter]
    if action is not None:
        texts += [stage.when for stage in action.stages if stage.when]
        texts += [rule.when for rule in action.conditions]
    return texts


def _planned(
    change: DraftChange, conditions: Sequence[str], description: ObjectDescription
) -> Reading:
    named = list(dict.fromkeys([*change.fields, *change.expect, *change.depends_on]))
    known = description.fields
    unwritable = {
        name: f"is not a field of {change.object_name} in this org."
        for name in named
        if name not in known
    }
    writable = "createable" if change.operation == Operation.CREATE else "updateable"
    for name in change.fields:
        if name in known and not getattr(known[name], writable):
            unwritable[name] = "cannot be written in this org."
    if change.operation == Operation.CREATE:
        return Reading(description, None, [], unwritable)
    if change.operation == Operation.DELETE:
        # Bringing a deleted record back takes everything it was made of.
        named += [
            name for name, each in known.items() if each.createable and name not in OWN_FIELDS
        ]
    mentioned = {name for text in conditions for name in referenced_fields(text)}
    fields = [name for name in dict.fromkeys([*named, *sorted(mentioned)]) if name in known]
    key = RecordKey(change.object_name, change.record_id)
    return Reading(description, key, fields, unwritable)


def _parent_of_new(change: DraftChange, description: ObjectDescription) -> str:
    parent_field = description.parent_field
    parent = change.fields.get(parent_field) if parent_field else None
    if not parent_field or not isinstance(parent, str):
        return ""
    references = description.fields[parent_field].references
    return f"{references[0]}/{parent}"[:160] if references else ""
