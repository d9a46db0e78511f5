"""From a group of records to the proposal that takes them back. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from approvals import reversing
from approvals.content import Draft, DraftChange
from approvals.validation import MOST_EVIDENCE
from orchestrator.rollbacks.grouping import Group
from orchestrator.rollbacks.record_plans import Line, RecordPlan

REASON = "rollback"
MOST_KEPT = 10
LONGEST_TITLE = 200


def draft_of(
    group: Group,
    *,
    workflow: str,
    proposals: Sequence[str],
    reason: str,
    ticked: Collection[str],
    kept: str,
    link: Callable[[str], str],
) -> Draft:
    """Return the draft for a group; `proposals` wrote what it takes back, `kept` stays."""
    restored = [line for record in group.records for line in record.restored(ticked)]
    return Draft(
        workflow=workflow,
        action=reversing.ACTION,
        reason_code=REASON,
        reason_text=reason,
        title=_title(group, ticked)[:LONGEST_TITLE],
        changes=[_change(record, ticked) for record in group.records],
        evidence=_evidence(proposals, kept, link),
        reverts=proposals,
        newer=[
            "/".join(part for part in (*line.key, line.field) if part)
            for line in restored
            if line.mark in ticked
        ],
    )


def kept_in_words(lines: Iterable[Line], labels: Mapping[Any, str]) -> str:
    """Return what stays although we wrote it, in one sentence; nothing if nothing does."""
    found = [
        f"{line.field or 'the record'} of {labels[line.key]} ({line.because.rstrip('.').lower()})"
        for line in lines
    ]
    if len(found) > MOST_KEPT:
        found = [*found[:MOST_KEPT], f"and {len(found) - MOST_KEPT} more"]
    return "; ".join(found) + "." if found else ""


def _change(record: RecordPlan, ticked: Collection[str]) -> DraftChange:
    restored = record.restored(ticked)
    if record.operation == "create":
        return DraftChange(
            operation="create",
            object_name=record.key.object_name,
            fields=restored[0].restored_to,
        )
    if record.operation == "delete":
        return DraftChange(
            operation="delete",
            object_name=record.key.object_name,
            record_id=record.key.record_id,
            expect=_known(restored[0]),
        )
    return DraftChange(
        operation="update",
        object_name=record.key.object_name,
        record_id=record.key.record_id,
        fields={line.field: line.restored_to for line in restored},
        expect={line.field: line.now for line in restored},
    )


def _known(line: Line) -> dict[str, Any]:
    """Return the values that the record to delete has now, of those that we wrote."""
    return {name: line.now[name] for name in line.wrote if name in line.now}


def _title(group: Group, ticked: Collection[str]) -> str:
    first, *rest = group.records
    if rest:
        return f"Take back: {len(group.records)} records"
    names = {"create": "create it again", "delete": "delete what was created"}
    what = names.get(first.operation) or ", ".join(line.field for line in first.restored(ticked))
    return f"Take back: {what}"


def _evidence(
    proposals: Sequence[str], kept: str, link: Callable[[str], str]
) -> list[dict[str, str]]:
    found = [
        {"kind": "url", "title": f"Takes back proposal {each}", "href": link(each)}
        for each in proposals[: MOST_EVIDENCE - 1]
    ]
    if kept:
        found.append({"kind": "quote", "title": "What stays as it is", "quote": kept})
    return found
