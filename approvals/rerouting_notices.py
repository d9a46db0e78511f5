"""Whom we tell when a duty goes to other people than it was meant for."""

import datetime as dt
from collections.abc import Sequence

from approvals.directory import Directory
from approvals.models import Proposal, Review
from approvals.states import ReviewState
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import notify, notify_each
from orchestrator.people.models import User
from orchestrator.people.queries import Gap


def tell_fallen_back(
    moved: Sequence[tuple[Proposal, Review]], people: Directory, *, at: dt.datetime
) -> None:
    """Tell those who decide now, each review once a role."""
    names = {
        name for proposal, review in moved for name in people.able(review.role, proposal.barred)
    }
    known = {person.username: person for person in User.objects.filter(username__in=names)}
    notify_each(
        messages=[
            (known[name], _message(proposal, review))
            for proposal, review in moved
            for name in sorted(people.able(review.role, proposal.barred))
        ],
        at=at,
    )


def tell_unreachable(gaps: Sequence[Gap], *, at: dt.datetime) -> None:
    """Tell staff, once a day, of roles in which something waits and nobody can be reached."""
    if not gaps:
        return
    waiting = Review.objects.filter(state=ReviewState.OPEN, role__slug__in=[g.slug for g in gaps])
    slugs = set(waiting.values_list("role__slug", flat=True).distinct())
    staff = list(User.objects.filter(is_staff=True, is_active=True))
    for gap in gaps:
        if gap.slug in slugs:
            notify(people=staff, message=_unreachable(gap, at), at=at)


def _message(proposal: Proposal, review: Review) -> Message:
    return Message(
        event="review.fell_back",
        urgency=Urgency.NORMAL,
        title=f"{review.role.title} decides now: nobody else can be reached",
        lines=(f"Workflow: {proposal.workflow.title}.",),
        path=f"/proposals/{proposal.pk}/",
        subject_kind="proposal",
        subject_id=proposal.pk,
        key=f"review:{review.pk}:fell-back:{review.role.slug}",
    )


def _unreachable(gap: Gap, at: dt.datetime) -> Message:
    who = gap.carried_by or "Staff"
    return Message(
        event="role.unreachable",
        urgency=Urgency.HIGH,
        title=f"Nobody can be reached for {gap.title}",
        lines=(f"{who} decides instead. Add a member, or a fallback.",),
        path="/people/",
        subject_kind="role",
        subject_id=gap.slug,
        key=f"role:{gap.slug}:unreachable:{at:%Y-%m-%d}",
    )
