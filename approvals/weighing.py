"""What a person weighs before they decide: what follows, and how far the stages are."""

from collections.abc import Sequence

from django.conf import settings

from approvals.consequences import Ahead, Consequence, consequences
from approvals.detail import Detail
from approvals.models import Review
from approvals.states import ReviewState, Vote
from orchestrator.workflows.definition import ActionDefinition
from orchestrator.workflows.queries import definition_of


def what_follows(found: Detail, action: ActionDefinition | None) -> list[Consequence]:
    """Return what happens when the open review is approved; nothing where none is open."""
    review, proposal = found.open_review, found.proposal
    if review is None:
        return []
    definition = definition_of(proposal.version_id)
    own = definition.sla.undo_seconds
    return consequences(
        Ahead(
            changes=found.changes,
            action=action,
            org_kind=str(proposal.workflow.org.kind),
            votes_missing=max(review.quorum - approvals_of(review), 1),
            stages_after=_after(found.current_reviews),
            undo_seconds=int(settings.COUNTERSIGN["undo_seconds"]) if own is None else own,
            windows=bool(definition.windows),
        )
    )


def approvals_of(review: Review) -> int:
    """Return how many have approved a stage."""
    return sum(1 for vote in review.decisions.all() if vote.vote == Vote.APPROVE)


def progress(reviews: Sequence[Review]) -> str:
    """Return how far a route is: "1 of 2, Finance pending"."""
    parts = []
    for review in reviews:
        if review.state == ReviewState.OPEN:
            parts.append(f"{approvals_of(review)} of {review.quorum}")
        elif review.state == ReviewState.WAITING:
            parts.append(f"{review.role.title} pending")
    return ", ".join(parts)


def _after(reviews: Sequence[Review]) -> list[str]:
    return [review.role.title for review in reviews if review.state == ReviewState.WAITING]
