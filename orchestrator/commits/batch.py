"""What a worker has in hand: commits it has claimed, with everything the batch knows of them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from approvals.models import Change, Proposal, Revision
from orchestrator.agents.models import Agent, Grant
from orchestrator.commits.gate import Gate
from orchestrator.commits.models import Commit
from orchestrator.commits.scopes import Reach
from orchestrator.connectors.base import Connector, LimitUsage, RecordKey, Snapshot
from orchestrator.orgs.models import Org
from orchestrator.workflows.models import Workflow

# What pages show and no batch looks at: decoding it would cost more than everything else of a row.
UNREAD = ("proposal__headline", "proposal__receipt", "proposal__risk_reasons", "inverse")


@dataclass(slots=True, eq=False)
class Item:
    """One commit in hand."""

    commit: Commit
    org: Org
    changes: Sequence[Change]
    # The record of each change as it was just before the write; None: not there, or a create.
    before: list[Snapshot | None] = field(default_factory=list)
    # The attempt that is under way: 1 for the first.
    attempt: int = 0
    # Whether an earlier attempt of this commit may have reached the CRM.
    sent_before: bool = False
    notes: list[str] = field(default_factory=list)
    # The agent's grants that were in force at the claim; none for what a person proposes.
    grants: Sequence[Grant] = ()

    @property
    def id(self) -> str:
        """Return the commit's id."""
        return self.commit.pk

    @property
    def proposal(self) -> Proposal:
        """Return the proposal that was approved."""
        return self.commit.proposal

    @property
    def revision(self) -> Revision:
        """Return the revision that was approved."""
        return self.commit.revision

    @property
    def reach(self) -> Reach:
        """Return what the switch looks at."""
        return Reach(
            org=self.org.slug,
            workflow=self.commit.workflow,
            agent=self.commit.agent,
            objects=tuple(self.commit.objects_touched),
        )

    def external_id(self, change: Change) -> str:
        """Return the key that makes repeating a create harmless."""
        return change.external_id or f"{self.proposal.pk}-{change.position}"


def load(commits: QuerySet[Commit]) -> list[Item]:
    """Return commits with everything that a batch knows of them, in a handful of queries."""
    rows = list(commits.select_related("proposal", "revision").defer(*UNREAD))
    _attach_shared(rows)
    changes: dict[int, list[Change]] = {row.revision_id: [] for row in rows}
    for change in Change.objects.filter(revision__in=list(changes)).order_by("position"):
        changes[change.revision_id].append(change)
    return [
        Item(
            commit=row,
            org=row.org,
            changes=changes[row.revision_id],
            attempt=row.attempts,
            sent_before=row.before is not None,
        )
        for row in rows
    ]


def _attach_shared(rows: Sequence[Commit]) -> None:
    """Give the rows their orgs, workflows and agents: a batch has few, each is made once."""
    orgs = Org.objects.in_bulk({row.org_id for row in rows})
    workflows = Workflow.objects.in_bulk({row.proposal.workflow_id for row in rows})
    agents = Agent.objects.in_bulk({row.proposal.agent_id for row in rows} - {None})
    for row in rows:
        row.org = orgs[row.org_id]
        row.proposal.workflow = workflows[row.proposal.workflow_id]
        if row.proposal.agent_id is not None:
            row.proposal.agent = agents[row.proposal.agent_id]


@dataclass(slots=True)
class Batch:
    """The commits of one claim, and what it takes to write them."""

    org: Org
    connector: Connector
    claim: str
    items: list[Item]
    gate: Gate
    # What the CRM last said of its allowance before or in this batch.
    usage: LimitUsage | None = None

    def ids(self) -> list[str]:
        """Return the ids of the batch's commits."""
        return [item.id for item in self.items]


def fields_to_read(change: Change) -> list[str]:
    """Return the fields that a comparison looks at."""
    if change.operation == "delete":
        return sorted(change.base or {})
    return sorted({*change.fields, *change.depends_on})


def key_of(change: Change) -> RecordKey:
    """Return which record a change is about."""
    return RecordKey(change.object_name, change.record_id)


def wanted_records(items: Iterable[Item]) -> dict[RecordKey, list[str]]:
    """Return every record that the items' updates and deletes touch, with all fields to read."""
    wanted: dict[RecordKey, set[str]] = {}
    for item in items:
        for change in item.changes:
            if change.record_id:
                wanted.setdefault(key_of(change), set()).update(fields_to_read(change))
    return {key: sorted(names) for key, names in wanted.items()}


def snapshot_json(snapshot: Snapshot | None) -> dict[str, Any] | None:
    """Return what is kept of a snapshot."""
    if snapshot is None:
        return None
    return {
        "object": snapshot.key.object_name,
        "id": snapshot.key.record_id,
        "label": snapshot.label,
        "values": dict(snapshot.values),
        "modified_at": snapshot.modified_at.isoformat(),
        "modified_by": snapshot.modified_by,
        "stamp": snapshot.stamp,
    }


def moment(text: str) -> dt.datetime:
    """Return the moment that `snapshot_json` wrote down."""
    return dt.datetime.fromisoformat(text)
