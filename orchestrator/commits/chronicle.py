"""What the ledger keeps of a commit that is done: one entry a record, and one for the whole."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from approvals.models import Change
from audit.ledger import NewEntry
from orchestrator.commits import transitions
from orchestrator.commits.aftermath import left_by_us
from orchestrator.commits.batch import Item, snapshot_json
from orchestrator.commits.comparison import differences_after
from orchestrator.commits.inverse import Image
from orchestrator.connectors.base import RecordKey

LABEL_SPACE = 255


@dataclass(frozen=True, slots=True)
class Written:
    """One change with its record before and after."""

    key: RecordKey
    change: Change
    was: Image
    now: Image

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        """Return every field that was written: old and new."""
        old = {} if self.was is None else self.was["values"]
        if self.change.operation == "delete":
            return {name: {"old": value, "new": None} for name, value in old.items()}
        left = left_by_us(self.change, self.now)
        new = self.change.fields if left is None else left["values"]
        return {name: {"old": old.get(name), "new": new.get(name)} for name in self.change.fields}

    @property
    def differences(self) -> list[dict[str, Any]]:
        """Return what does not read back as it was written."""
        found = []
        if self.change.operation != "delete":
            values = None if self.now is None else self.now["values"]
            found = differences_after(wanted=self.change.fields, found=values)
        elif self.now is not None:
            found = [{"field": "", "wanted": "deleted", "found": "still there"}]
        return [{"position": self.change.position, **one} for one in found]

    @property
    def label(self) -> str:
        """Return what people call the record."""
        label: str = (self.now or self.was or {}).get("label", "") or self.change.record_label
        return label[:LABEL_SPACE]


def written_records(item: Item) -> list[tuple[RecordKey, Change]]:
    """Return the record of each change; a create has one only since it was written."""
    ids = item.commit.written_ids or [change.record_id for change in item.changes]
    return [
        (RecordKey(change.object_name, record_id), change)
        for record_id, change in zip(ids, item.changes, strict=True)
    ]


def before_of(item: Item) -> list[Image]:
    """Return the images of the re-read: in hand, or stored by the worker that wrote."""
    if item.before:
        return [snapshot_json(snapshot) for snapshot in item.before]
    stored: list[Image] | None = item.commit.before
    return stored or [None] * len(item.changes)


def entries(
    item: Item,
    after: Sequence[Image],
    approvers: Sequence[str],
    at: dt.datetime,
    *,
    taken_back: Sequence[dict[str, str]] = (),
) -> Iterator[NewEntry]:
    """Return the entries of one commit: what changed, why, on what evidence, by whose approval."""
    written = [
        Written(key, change, was, now)
        for (key, change), was, now in zip(
            written_records(item), before_of(item), after, strict=True
        )
    ]
    for one in written:
        yield _record_changed(item, one, approvers, at)
    differences = [difference for one in written for difference in one.differences]
    yield transitions.entry(
        item,
        "commit.done",
        at,
        attempt=item.attempt,
        differences=[*differences, *item.notes],
        **({"reverted": list(taken_back)} if taken_back else {}),
    )


def _record_changed(
    item: Item, one: Written, approvers: Sequence[str], at: dt.datetime
) -> NewEntry:
    content = item.revision.content
    return NewEntry(
        event="record.changed",
        by=transitions.ENGINE,
        at=at,
        subject_kind="proposal",
        subject_id=item.proposal.pk,
        proposal_id=item.proposal.pk,
        workflow=item.commit.workflow,
        agent=item.commit.agent,
        object_name=one.key.object_name,
        record_id=one.key.record_id,
        detail={
            "operation": one.change.operation,
            "fields": one.fields,
            "reason_code": content["reason"]["code"],
            "reason_text": content["reason"]["text"],
            "evidence": content["evidence"],
            "commit": item.id,
            "action": content["action"],
            "version": content["version"],
            "label": one.label,
            "approved_by": list(approvers),
            "confidence": content["confidence"],
            "run": content["run"],
            "org": item.org.slug,
            "after_differs": bool(one.differences),
            **({"unverified": True} if (one.now or {}).get("unverified") else {}),
        },
    )
