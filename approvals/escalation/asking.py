"""Telling people that a review has opened for them: quietly, unless it is important."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain

from approvals.escalation.cases import Case, crew_for
from approvals.escalation.firing import locked
from approvals.escalation.plans import PlannedStep
from approvals.models import Review
from approvals.states import Risk
from approvals.visibility import told_outside
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.sending import notify_each
from orchestrator.people.models import User
from orchestrator.timers import arming
from orchestrator.timers.models import Timer

# So many at once are told as one number: an inbox is read, a hundred messages are not.
MANY = 6
ASKED = PlannedStep(key="asked", do="ask")


def ask(timers: Sequence[Timer], at: dt.datetime) -> None:
    """Tell whoever may decide reviews that have just opened; what is closed already asks nobody."""
    reviews = locked(timer.subject for timer in timers)
    arming.drop([timer for timer in timers if timer.subject not in reviews])
    crew = crew_for(reviews.values(), at=at)
    waiting = defaultdict(list)
    for review in reviews.values():
        case = Case(review=review, proposal=review.proposal, step=ASKED, crew=crew, at=at)
        for person in case.asked():
            waiting[person].append(review)
    told = [_messages(person, theirs) for person, theirs in waiting.items()]
    notify_each(messages=list(chain.from_iterable(told)), at=at)


def _messages(person: User, reviews: Sequence[Review]) -> list[tuple[User, Message]]:
    important = [review for review in reviews if _is_important(review)]
    usual = [review for review in reviews if not _is_important(review)]
    together = [_together(usual)] if len(usual) >= MANY else [_one(review) for review in usual]
    return [(person, message) for message in (*map(_one, important), *together)]


def _is_important(review: Review) -> bool:
    return review.proposal.risk == Risk.HIGH


def _one(review: Review) -> Message:
    proposal = review.proposal
    return Message(
        event="review.opened",
        urgency=Urgency.NORMAL if _is_important(review) else Urgency.LOW,
        title=f"{proposal.workflow.title}: a change waits for your decision",
        lines=(
            f"Risk {proposal.risk}, for {review.role.title}.",
            f"Due {review.due_at:%d %b %Y, %H:%M} UTC." if review.due_at else "Due soon.",
        ),
        details=told_outside(proposal, proposal.title),
        path=f"/proposals/{proposal.pk}/",
        subject_kind="proposal",
        subject_id=proposal.pk,
        key=f"opened:{review.pk}",
    )


def _together(reviews: Sequence[Review]) -> Message:
    first = min(reviews, key=lambda review: review.pk)
    return Message(
        event="review.opened",
        urgency=Urgency.LOW,
        title=f"{len(reviews)} changes wait for your decision",
        path="/",
        subject_kind="reviews",
        subject_id=first.pk,
        key=f"opened:{first.pk}:{len(reviews)}",
    )
