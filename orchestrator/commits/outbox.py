"""The outbox: one commit row for each approved revision, in the transaction that approves it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import F

from approvals.models import Change, Proposal
from orchestrator.commits import waking
from orchestrator.commits.models import Commit
from orchestrator.commits.scopes import normal
from orchestrator.commits.states import Scope
from orchestrator.kernel.errors import DomainError


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
    commits = Commit.objects.bulk_create(
        _commit(by_proposal[proposal.pk], at) for proposal in proposals
    )
    waking.wake_after_commit(commit.org_id for commit in commits)
    return commits


def _changes(proposal_ids: Sequence[str]) -> Iterable[_Row]:
    rows = (
        Change.objects.filter(
            revision__proposal__in=proposal_ids,
            revision__number=F("revision__proposal__revision_number"),
        )
        .order_by("revision", "position")
        .values_list(
            "revision__proposal",
            "revision",
            "revision__proposal__workflow__org",
            "revision__proposal__workflow__slug",
            "revision__proposal__agent__slug",
            "object_name",
            "record_id",
            "external_id",
            "parent_key",
        )
    )
    return (_Row(*row) for row in rows)


def _commit(rows: Sequence[_Row], at: dt.datetime) -> Commit:
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
        due_at=at,
    )
