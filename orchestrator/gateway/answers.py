"""What an agent is told of its own proposal: state, content, and what became of each change."""

from typing import Any

from approvals import queries
from approvals.models import Proposal
from approvals.states import ProposalState
from orchestrator.commits.queries import commits_of

WRITTEN = {ProposalState.COMMITTED, ProposalState.REVERTED}


def whole(proposal: Proposal) -> dict[str, Any]:
    """Return everything about one proposal, with the content of its current revision."""
    content = proposal.revisions.values_list("content", flat=True).get(
        number=proposal.revision_number
    )
    return {
        **queries.status_of(proposal),
        "result": _result(proposal) if proposal.state in WRITTEN else None,
        "content": {
            name: content[name] for name in ("reason", "confidence", "evidence", "changes")
        },
    }


def _result(proposal: Proposal) -> list[dict[str, Any]]:
    commit = commits_of(proposal.pk)[-1]
    changes = commit.revision.changes.all()
    ids = commit.written_ids or [change.record_id for change in changes]
    return [
        {"op": change.operation, "object": change.object_name, "id": record_id}
        for change, record_id in zip(changes, ids, strict=True)
    ]
