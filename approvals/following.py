"""The page about a review goes where the review goes."""

import datetime as dt

from approvals.models import Proposal, Review
from orchestrator.kernel.actors import Actor
from orchestrator.paging import moving
from orchestrator.paging.subjects import PROPOSAL


def follow(proposal: Proposal, review: Review, *, by: Actor, at: dt.datetime) -> None:
    """Let the page that calls people about a review follow it, in the transaction that moves it."""
    person = review.assignee
    name = person.display_name if person is not None else review.role.title
    moving.redirect(
        subject_kind=PROPOSAL,
        subject_id=proposal.pk,
        role=review.role,
        person=person,
        words=f"The review went to {name}.",
        by=by,
        at=at,
    )
