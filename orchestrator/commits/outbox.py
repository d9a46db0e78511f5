"""The outbox: one commit row for each approved revision, in the transaction that approves it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from approvals.models import Proposal
from orchestrator.commits import waking
from orchestrator.commits.models import Commit
from orchestrator.commits.scopes import normal
from orchestrator.commits.states import Scope
from orchestrator.kernel.bulk_rows import insert_rows
from orchestrator.kernel.errors import DomainError

# Asked inside every approval; composing it anew would take longer than answering it.
CHANGES = """
SELECT p.id, r.id, w.org_id, w.slug, a.slug, c.object_name, c.record_id, c.external_id,
  c.parent_key
FROM approvals_proposal p
JOIN approvals_revision r ON r.proposal_id = p.id AND r.number = p.revision_number
JOIN approvals_change c ON c.revision_id = r.id
JOIN workflows_workflow w ON w.id = p.workflow_id
LEFT JOIN agents_agent a ON a.id = p.agent_id
WHERE p.id = ANY(%s) ORDER BY r.id, c.position
"""


class NothingToCommit(DomainError):
    """An approved proposal whose current revision has no changes."""

    code, status = "nothing_to_commit", 500


class _Row(NamedTuple):
    """One change of an approved revision, with the scopes of its proposal."""

    proposal_id: str
    revision_id: int
    org_id: int
    workflow: str
    agent: str | None
    object_name: str
    record_id: str
    external_id: str
    parent_key: str

    @property
    def record_key(self) -> str:
        """Return what nobody else may write meanwhile; nothing for a create under our own key."""
        if self.record_id:
            return f"{self.object_name}/{self.record_id}"
        return f"{self.object_name}/new {self.external_id}"[:160] if self.external_id else ""


def enqueue(*, proposals: Sequence[Proposal], at: dt.datetime) -> list[Commit]:
    """
    Put approved proposals into the queue; the broker only wakes a worker afterwards.

    :raises NothingToCommit: if a revision has no changes
    """
    by_proposal: dict[str, list[_Row]] = defaultdict(list)
    for row in _changes([proposal.pk for proposal in proposals]):
        by_proposal[row.proposal_id].append(row)
    missing = [proposal.pk for proposal in proposals if proposal.pk not in by_proposal]
    if missing:
        raise NothingToCommit(f"The approved revision of {missing[0]} has no changes.")
    commits = [
        _commit(by_proposal[proposal.pk], due_at=proposal.undo_until or at, at=at)
        for proposal in proposals
    ]
    columns = Commit._meta.concrete_fields
    insert_rows(
        Commit,
        [{field.column: getattr(commit, field.attname) for field in columns} for commit in commits],
    )
    # What may still be taken back is found by the sweep once that time is over.
    waking.wake_after_commit(commit.org_id for commit in commits if commit.due_at <= at)
    return commits


def _changes(proposal_ids: Sequence[str]) -> Iterable[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, [list(proposal_ids)])
        return [_Row(*row) for row in cursor.fetchall()]


def _commit(rows: Sequence[_Row], *, due_at: dt.datetime, at: dt.datetime) -> Commit:
    first = rows[0]
    records = [row.record_key for row in rows if row.record_key]
    parents = [row.parent_key for row in rows if row.parent_key]
    return Commit(
        proposal_id=first.proposal_id,
        revision_id=first.revision_id,
        org_id=first.org_id,
        workflow=first.workflow,
        agent=first.agent or "",
        objects_touched=sorted({normal(Scope.OBJECT, row.object_name) for row in rows}),
        record_keys=sorted(set(records)),
        hold_keys=sorted({*records, *parents}),
        order_key=next(iter([*parents, *records]), first.proposal_id),
        created_at=at,
        due_at=due_at,
    )
