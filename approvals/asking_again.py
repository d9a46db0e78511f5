"""Asking people again about the same changes: a next revision, for which no vote counts yet."""

import datetime as dt
from typing import Any

from approvals.announcing.wake import wake_announcing
from approvals.content import content_of, draft_of
from approvals.headlines import headline
from approvals.models import Proposal, Revision
from approvals.revisions import store_revision, wake_preparation
from approvals.states import ProposalState, RevisionCause
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.canonical import digest


def ask_again(
    proposal: Proposal,
    *,
    cause: RevisionCause,
    conflict: dict[str, Any] | None,
    reason: tuple[str, str],
    times: dict[str, Any],
    by: Actor,
    at: dt.datetime,
) -> Revision:
    """Store the same changes as the next revision, to be prepared and decided on."""
    left = Revision.objects.get(proposal=proposal, number=proposal.revision_number)
    content = _again(proposal, left)
    code, text = reason
    proposal.move(
        ProposalState.IN_REVIEW,
        revision_number=content["revision"],
        digest=digest(content),
        headline=headline(content, label=proposal.headline.get("label", "")),
        prepare_at=at,
        prepare_attempts=0,
        **times,
        outcome_code=code[:60],
        outcome_text=text,
    )
    wake_announcing()
    wake_preparation()
    return store_revision(proposal, content, cause=cause, by=by, at=at, conflict=conflict)


def _again(proposal: Proposal, left: Revision) -> dict[str, Any]:
    """Return the same request as the next revision."""
    return content_of(
        draft_of(left.content),
        proposal_id=proposal.pk,
        revision=left.number + 1,
        version=left.content["version"],
    )
