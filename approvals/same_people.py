"""Asking those whom people had handed a stage to, where the same is asked once more."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db.models import F

from approvals import directory
from approvals.directory import Directory
from approvals.models import Review
from approvals.pending import Pending
from approvals.states import RevisionCause

# The same request again: whoever it was handed to was about to decide on it, or did.
AGAIN = frozenset({RevisionCause.UNDONE, RevisionCause.RECORD_MOVED})


def ask_the_same(before: Review, review: Review) -> None:
    """Let the same stage of what is left ask whom it was handed to, or widened to, before."""
    if _is_same(before, review):
        elsewhere = before.role_id != review.role_id
        review.amend(
            role_id=before.role_id,
            # "All" of a role are as many as that role has.
            quorum=before.quorum if elsewhere else review.quorum,
            assignee_id=before.assignee_id,
            widened_to_id=before.widened_to_id,
        )
        review.role = before.role


def after_the_same_request(
    ready: Sequence[Pending], reviews: Mapping[str, Sequence[Review]], *, at: dt.datetime
) -> None:
    """Ask the same people again about what is asked again, where they can still decide."""
    again = {
        each.proposal.pk: each
        for each in ready
        if each.revision.cause in AGAIN and reviews.get(each.proposal.pk)
    }
    handed = _handed_on(again) if again else []
    people = directory.load(at=at) if handed else None
    for before in handed:
        for review in reviews[before.proposal_id]:
            barred = again[before.proposal_id].proposal.barred
            if people is not None and _is_same(before, review) and _can(people, before, barred):
                ask_the_same(before, review)


def _handed_on(again: Mapping[str, Pending]) -> list[Review]:
    """Return the stages of the revisions before that were not left where policy had put them."""
    rows = Review.objects.filter(
        proposal__in=list(again),
        revision__number=F("proposal__revision_number") - 1,
    ).select_related("role", "assignee")
    return [
        review
        for review in rows
        if review.assignee_id or review.widened_to_id or review.role.slug != review.policy["role"]
    ]


def _is_same(before: Review, review: Review) -> bool:
    return (before.stage, before.policy["role"]) == (review.stage, review.policy["role"])


def _can(people: Directory, before: Review, barred: Sequence[str]) -> bool:
    """Say whether those who were asked are still there to decide."""
    person = before.assignee
    if person is not None and (not person.is_active or person.username in barred):
        return False
    return len(people.able(before.role, barred)) >= before.quorum
