"""
What taking commits back does to each record, three columns a field: restored to, now, we wrote.

Pure. The rule for a field: its last write counts. If that one is chosen, the field goes back to
what stood before it, and before the chosen ones right before it; what somebody else wrote in
between, or after, is newer, and stays unless a person says otherwise.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orchestrator.commits.comparison import same_value
from orchestrator.connectors.base import OWN_FIELDS, ObjectDescription, RecordKey, Snapshot
from orchestrator.rollbacks.record_plans import (
    WHOLE,
    Fate,
    Line,
    Other,
    RecordPlan,
    Step,
    World,
)

CONVERTED = "IsConverted"


def plan(steps: Iterable[Step], others: Iterable[Other], world: World) -> list[RecordPlan]:
    """Return what taking the steps does to each record, the record written last first."""
    by_record: dict[RecordKey, list[Step]] = defaultdict(list)
    for step in steps:
        by_record[step.key].append(step)
    foreign: dict[RecordKey, list[Other]] = defaultdict(list)
    for other in others:
        foreign[other.key].append(other)
    for found in by_record.values():
        found.sort(key=lambda step: step.order)
    newest_first = sorted(by_record.values(), key=lambda found: found[-1].order, reverse=True)
    return [_record(found, foreign[found[0].key], world) for found in newest_first]


def wanted(
    steps: Iterable[Step], objects: Mapping[str, ObjectDescription | None]
) -> dict[RecordKey, list[str]]:
    """Return which fields of which records have to be read for a plan."""
    fields: dict[RecordKey, dict[str, None]] = defaultdict(dict)
    for step in steps:
        if objects.get(step.key.object_name) is not None and step.key.record_id:
            names = step.before if step.operation == "update" else step.wrote
            fields[step.key].update(dict.fromkeys(names))
    found = {}
    for key, names in fields.items():
        described = objects[key.object_name]
        known = described.fields if described else {}
        watched = [*names, CONVERTED] if CONVERTED in known else list(names)
        found[key] = [name for name in dict.fromkeys(watched) if name in known]
    return found


def _record(steps: Sequence[Step], others: Sequence[Other], world: World) -> RecordPlan:
    """Plan one record from its steps, oldest first."""
    first, last = steps[0], steps[-1]
    if last.operation == "create":
        operation, lines = "create", [_made_again(steps, others, world)]
    elif first.operation == "delete":
        operation, lines = "delete", [_deleted(steps, others, world)]
    else:
        operation, lines = "update", _set_back(steps, others, world)
    now = world.now.get(last.key)
    return RecordPlan(
        key=last.key,
        label=now.label if now else last.key.record_id,
        operation=operation,
        lines=lines,
        commits=_commits_of(steps, others, operation),
    )


def _commits_of(steps: Sequence[Step], others: Sequence[Other], operation: str) -> list[str]:
    """Return the commits whose writes go, newest first; what was overwritten since stays out."""
    if operation != "update":
        return list(dict.fromkeys(step.commit_id for step in reversed(steps)))
    found: dict[str, None] = {}
    names = dict.fromkeys(name for step in reversed(steps) for name in step.before)
    for name in names:
        run, _ = _run(steps, others, name)
        found.update(dict.fromkeys(step.commit_id for step in reversed(run)))
    newest_first = [step.commit_id for step in reversed(steps) if step.commit_id in found]
    return list(dict.fromkeys(newest_first))


def _set_back(steps: Sequence[Step], others: Sequence[Other], world: World) -> list[Line]:
    names = dict.fromkeys(name for step in steps for name in step.before)
    return [_field(name, steps, others, world) for name in names]


def _field(name: str, steps: Sequence[Step], others: Sequence[Other], world: World) -> Line:
    run, later = _run(steps, others, name)
    key = steps[0].key
    restored_to, wrote = run[0].before[name], run[-1].wrote.get(name)
    snapshot = world.now.get(key)
    now = snapshot.values.get(name) if snapshot else None
    fate, because = _fate_of_field(name, key, world)
    if fate == Fate.RESTORE and same_value(now, restored_to):
        fate, because = Fate.AS_BEFORE, "It is so already."
    elif fate == Fate.RESTORE and later is not None:
        fate, because = Fate.NEWER, "A later change of ours wrote it."
    elif fate == Fate.RESTORE and not same_value(now, wrote):
        fate, because = Fate.NEWER, "Somebody has changed it since."
    return Line(
        key=key,
        field=name,
        restored_to=restored_to,
        now=now,
        wrote=wrote,
        fate=fate,
        because=because,
        newer_by=later.proposal_id if later and fate == Fate.NEWER else "",
        kind=_kind(name, key, world),
    )


def _kind(name: str, key: RecordKey, world: World) -> str:
    described = world.objects.get(key.object_name)
    return described.fields[name].type if described and name in described.fields else ""


def _run(
    steps: Sequence[Step], others: Sequence[Other], name: str
) -> tuple[list[Step], Other | None]:
    """
    Return the chosen writes of a field that nothing of ours came between, and what came after.

    Counted from the last chosen write back: what was overwritten by a write that stays is gone.
    """
    mine = [step for step in steps if name in step.before]
    between = sorted(other.order for other in others if name in other.fields)
    run = [mine[-1]]
    for step in reversed(mine[:-1]):
        if any(step.order < order < run[0].order for order in between):
            break
        run.insert(0, step)
    later = [other for other in others if name in other.fields and other.order > mine[-1].order]
    return run, max(later, key=lambda other: other.order, default=None)


def _fate_of_field(name: str, key: RecordKey, world: World) -> tuple[Fate, str]:
    described, snapshot = world.objects.get(key.object_name), world.now.get(key)
    if described is None:
        return Fate.IMPOSSIBLE, f"The CRM no longer has {key.object_name} for us."
    if snapshot is None:
        return Fate.IMPOSSIBLE, "The record is gone."
    if snapshot.values.get(CONVERTED) is True:
        return Fate.IMPOSSIBLE, "The lead was converted: the CRM keeps it for reading only."
    if name not in described.fields or not described.fields[name].updateable:
        return Fate.IMPOSSIBLE, "The CRM does not let us write this field."
    return Fate.RESTORE, ""


def _deleted(steps: Sequence[Step], others: Sequence[Other], world: World) -> Line:
    """Undo a create: the record goes, if nobody has touched it since."""
    last, snapshot = steps[-1], world.now.get(steps[-1].key)
    later = max(others, key=lambda other: other.order, default=None)
    fate, because = Fate.RESTORE, "It is deleted, with everything that hangs on it."
    if world.objects.get(last.key.object_name) is None:
        fate, because = _fate_of_field(WHOLE, last.key, world)
    elif snapshot is None:
        fate, because = Fate.AS_BEFORE, "It is gone already."
    elif snapshot.values.get(CONVERTED) is True:
        fate, because = Fate.IMPOSSIBLE, "The lead was converted: deleting it undoes nothing."
    elif later is not None:
        fate, because = Fate.NEWER, "A later change of ours wrote to it."
    elif not _untouched(snapshot, last, world):
        fate, because = Fate.NEWER, "Somebody has changed it since."
    return Line(
        key=last.key,
        field=WHOLE,
        restored_to=None,
        now=dict(snapshot.values) if snapshot else None,
        wrote=dict(last.wrote),
        fate=fate,
        because=because,
        newer_by=later.proposal_id if later and fate == Fate.NEWER else "",
    )


def _untouched(snapshot: Snapshot, last: Step, world: World) -> bool:
    """Say whether the record is as our last write left it, for all that its stamps can tell."""
    if last.stamp is None or snapshot.modified_by != world.writer:
        return False
    return dt.datetime.fromisoformat(last.stamp) == snapshot.modified_at


def _made_again(steps: Sequence[Step], others: Sequence[Other], world: World) -> Line:
    """Undo a delete: the record is created anew, as it was before the first chosen write."""
    last = steps[-1]
    described = world.objects.get(last.key.object_name)
    fate, because = Fate.RESTORE, "It comes back under a new id; relations and history do not."
    if described is None:
        fate, because = _fate_of_field(WHOLE, last.key, world)
    elif steps[0].operation == "delete":
        fate, because = Fate.AS_BEFORE, "It was created and deleted here: nothing is left of it."
    elif world.now.get(last.key) is not None:
        fate, because = Fate.AS_BEFORE, "Somebody has brought it back already."
    elif unknown := _unknown(described, last.before):
        because = f"Not every value of it is known: {', '.join(unknown[:5])}."
        fate = Fate.IMPOSSIBLE
    return Line(
        key=last.key,
        field=WHOLE,
        restored_to=_made_of(steps, others, described),
        now=None,
        wrote=None,
        fate=fate,
        because=because,
    )


def _made_of(
    steps: Sequence[Step], others: Sequence[Other], described: ObjectDescription | None
) -> dict[str, Any]:
    """Return the values to create the record with: those before the first chosen write."""
    updates = [step for step in steps[:-1] if step.operation == "update"]
    values = dict(steps[-1].before)
    for name in dict.fromkeys(name for step in updates for name in step.before):
        run, _ = _run(updates, others, name)
        values[name] = run[0].before[name]
    known = described.fields if described else {}
    return {
        name: value
        for name, value in values.items()
        # Its key and its stamp are filled in anew by the connector.
        if value is not None and name not in OWN_FIELDS and name in known and known[name].createable
    }


def _unknown(described: ObjectDescription, values: Mapping[str, Any]) -> list[str]:
    return sorted(
        name
        for name, field in described.fields.items()
        if field.createable and name not in OWN_FIELDS and name not in values
    )
