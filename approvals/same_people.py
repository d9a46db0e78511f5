"""Asking those whom people had handed a stage to, where the same is asked once more."""

from collections.abc import Iterable, Mapping, Sequence

from approvals.models import Review
from approvals.pending import Pending
from approvals.states import RevisionCause


def ask_the_same(before: Review, review: Review) -> None:
    """Let the same stage of what is left ask whom it was handed to, or widened to, before."""
    if (before.stage, before.policy["role"]) == (review.stage, review.policy["role"]):
        elsewhere = before.role_id != review.role_id
        review.amend(
            role_id=before.role_id,
            # "All" of a role are as many as that role has.
            quorum=before.quorum if elsewhere else review.quorum,
            assignee_id=before.assignee_id,
            widened_to_id=before.widened_to_id,
        )
        review.role = before.role


def after_an_undo(ready: Iterable[Pending], reviews: Mapping[str, Sequence[Review]]) -> None:
    """Ask again whoever decided: they took their approval back, and would decide otherwise."""
    for each in ready:
        asked = reviews.get(each.proposal.pk, ())
        if not asked or each.revision.cause != RevisionCause.UNDONE:
            continue
        undone = Review.objects.filter(
            proposal=each.proposal.pk, revision__number=each.revision.number - 1
        )
        before = {review.stage: review for review in undone.select_related("role")}
        for review in asked:
            if review.stage in before:
                ask_the_same(before[review.stage], review)
