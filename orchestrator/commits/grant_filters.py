"""The record filters of grants, judged again on the record as it is just before the write."""

from collections.abc import Iterable, Mapping
from typing import Any

from approvals.models import Change
from orchestrator.agents.models import Grant
from orchestrator.commits.batch import Item, key_of
from orchestrator.connectors.base import Connector, RecordKey, Snapshot
from orchestrator.policy import conditions
from orchestrator.policy.conditions import Judgement
from orchestrator.policy.situation import new_values
from orchestrator.policy.verdict import RequestedChange


def fields_to_read(connector: Connector, items: Iterable[Item]) -> dict[RecordKey, set[str]]:
    """
    Return the fields that the filters speak of, for each record; nothing where there is none.

    :raises ConnectorError: if the system of record cannot describe an object
    """
    found: dict[RecordKey, set[str]] = {}
    for item in items:
        for change in item.changes:
            texts = [grant.record_filter for grant in _fitting(item, change)]
            names = {name for text in texts for name in conditions.referenced_fields(text)}
            if names and change.record_id:
                known = connector.describe(change.object_name).fields.keys()
                found.setdefault(key_of(change), set()).update(names & known)
    return found


def outside(item: Item, records: Mapping[RecordKey, Snapshot | None]) -> str:
    """Return which change the filters no longer cover, in words, or nothing."""
    for change in item.changes:
        fitting = _fitting(item, change)
        if not any(grant.record_filter for grant in fitting):
            continue
        now = records.get(key_of(change)) if change.record_id else None
        if change.record_id and now is None:
            continue
        holding = [grant for grant in fitting if _holds(grant, item, change, now)]
        covered = {name for grant in holding for name in grant.fields}
        if not holding or not covered.issuperset(change.fields):
            name = change.record_label or change.record_id or change.object_name
            return f"{name} is outside the record filter of the agent's grants now."
    return ""


def _fitting(item: Item, change: Change) -> list[Grant]:
    return [
        grant
        for grant in item.grants
        if grant.object_name == change.object_name and change.operation in grant.operations
    ]


def _holds(grant: Grant, item: Item, change: Change, now: Snapshot | None) -> bool:
    if not grant.record_filter:
        return True
    return conditions.judge(grant.record_filter, _variables(item, change, now)) == Judgement.TRUE


def _variables(item: Item, change: Change, now: Snapshot | None) -> dict[str, Any]:
    """Return what the filter may speak of, as policy gave it when the proposal was judged."""
    values = {} if now is None else now.values
    asked = RequestedChange(
        operation=change.operation,
        object_name=change.object_name,
        record_id=change.record_id,
        fields=change.fields,
        expect=change.expect,
        base=values,
    )
    old = conditions.plain(values)
    new = {**old, **conditions.plain(new_values(asked))}
    confidence = item.revision.content["confidence"]
    return {
        "record": new if change.operation == "create" else old,
        "change": {"old": old, "new": new},
        "entered": {},
        "agent": item.commit.agent,
        "action": item.revision.content["action"],
        "reason": item.revision.content["reason"]["code"],
        "confidence": -1.0 if confidence is None else float(confidence),
    }
