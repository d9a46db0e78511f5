"""Who is told that a review was handed on: those who have it now, and who had it before."""

import datetime as dt

from approvals.models import Proposal, Review
from approvals.visibility import told_outside
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import notify_each
from orchestrator.people.models import Role, User
from orchestrator.people.queries import reachable_members


def tell(
    proposal: Proposal,
    review: Review,
    *,
    by: User,
    to: User | Role | None,
    left_to: int | None,
    why: str,
    at: dt.datetime,
) -> None:
    """Tell both sides, in the transaction that hands it on; never who asked for the change."""
    if to is None:
        return
    takers = [to] if isinstance(to, User) else reachable_members(role=to, at=at)
    name = to.display_name if isinstance(to, User) else to.title
    key = f"review:{review.pk}:handed-on:{at.isoformat()}"
    told = [
        (taker, _message(proposal, f"{by.display_name} handed you a review", why, key))
        for taker in takers
        if taker.pk != by.pk and taker.username not in proposal.barred
    ]
    before = User.objects.filter(pk=left_to).exclude(pk=by.pk).first() if left_to else None
    if before is not None and before.pk not in {taker.pk for taker in takers}:
        title = f"A review that was yours went to {name}"
        told.append((before, _message(proposal, title, why, key)))
    notify_each(messages=told, at=at)


def _message(proposal: Proposal, title: str, why: str, key: str) -> Message:
    return Message(
        event="review.reassigned",
        urgency=Urgency.NORMAL,
        title=title,
        lines=(f"Workflow: {proposal.workflow.slug}.",),
        details=told_outside(proposal, why),
        path=f"/proposals/{proposal.pk}/",
        subject_kind="proposal",
        subject_id=proposal.pk,
        key=key,
    )
