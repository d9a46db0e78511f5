"""What happens when steps of reviews are due: inside the transaction that claims their timers."""

import datetime as dt
from collections.abc import Container, Iterable, Sequence

from approvals.escalation import plans, steps
from approvals.escalation.arming import KIND
from approvals.escalation.cases import Case, crew_for
from approvals.escalation.plans import PlannedStep
from approvals.escalation.steps import Told
from approvals.models import Escalation, Proposal, Review
from approvals.states import EscalationOutcome, ReviewState
from audit import ledger
from audit.ledger import NewEntry
from orchestrator.kernel.actors import system
from orchestrator.notifications.sending import notify_each
from orchestrator.timers import arming
from orchestrator.timers.models import Timer

ESCALATION = system("escalation")
# Reviews stay locked until their batch ends, and whoever decides one of them waits.
BATCH = 50
MISSED = "Missed, because nothing ran then; the step that was due after it stood for both."


def fire(timers: Sequence[Timer], at: dt.datetime) -> None:
    """Take the due steps of open reviews; drop whatever is left of those that are closed."""
    reviews = locked(timer.subject for timer in timers)
    over = [timer for timer in timers if timer.subject not in reviews]
    arming.drop(over)
    arming.cancel(kind=KIND, subjects=[timer.subject for timer in over], at=at)
    due = [timer for timer in timers if timer.subject in reviews]
    taken = _taken(reviews)
    crew = crew_for(reviews.values(), at=at)
    rows: list[Escalation] = []
    messages: steps.Messages = []
    for timer in due:
        review = reviews[timer.subject]
        left = {step.key: step for step in plans.read(review.plan)}
        left = {key: step for key, step in left.items() if (review.pk, key) not in taken}
        rows += [_collapsed(review, left[each.step], each, at) for each in missed(timer, left)]
        for step in (left[each.step] for each in together(timer) if each.step in left):
            case = Case(review=review, proposal=review.proposal, step=step, crew=crew, at=at)
            told = steps.take(case)
            messages += told.messages
            rows.append(row_of(case, told, planned_at=timer.planned_at))
    notify_each(messages=messages, at=at)
    Escalation.objects.bulk_create(rows)
    ledger.append(_entry(row, reviews[row.review_id]) for row in rows)


def missed(timer: Timer, left: Container[str]) -> list[Timer]:
    """Return the earlier steps that this one stands for and that were not taken before."""
    earlier = (each for each in timer.missed if each.planned_at < timer.planned_at)
    return [each for each in earlier if each.step in left]


def together(timer: Timer) -> list[Timer]:
    """Return the steps that were planned for this very moment: none of them stands for another."""
    return [*(each for each in timer.missed if each.planned_at == timer.planned_at), timer]


def row_of(case: Case, told: Told, *, planned_at: dt.datetime) -> Escalation:
    """Return what remains of a step that was taken."""
    return Escalation(
        proposal_id=case.proposal.pk,
        review_id=case.review.pk,
        step=case.step.key,
        do=case.step.do,
        outcome=told.outcome,
        planned_at=planned_at,
        at=case.at,
        words=told.words,
        reached=[person.username for person in told.people],
        drill=case.drill,
    )


def locked(ids: Iterable[str]) -> dict[str, Review]:
    """Return the reviews that are open, locked: who decides one now is waited for, and wins."""
    wanted = list(ids)
    # In the order of whoever decides: what is stored about a step refers to the proposal, and
    # waiting for it with the review in hand would be waiting for somebody who waits for us.
    theirs = Review.objects.filter(pk__in=wanted, state=ReviewState.OPEN).values("proposal")
    proposals = Proposal.objects.filter(pk__in=theirs).order_by("pk")
    list(proposals.select_for_update(no_key=True).values_list("pk", flat=True))
    found = (
        Review.objects.filter(pk__in=wanted, state=ReviewState.OPEN)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .select_related(
            "role", "assignee", "widened_to", "proposal__workflow__owner", "proposal__agent"
        )
    )
    return {review.pk: review for review in found}


def _taken(reviews: Iterable[str]) -> set[tuple[str, str]]:
    rows = Escalation.objects.filter(review__in=list(reviews), drill="")
    return set(rows.values_list("review_id", "step"))


def _collapsed(review: Review, step: PlannedStep, timer: Timer, at: dt.datetime) -> Escalation:
    return Escalation(
        proposal_id=review.proposal_id,
        review_id=review.pk,
        step=step.key,
        do=step.do,
        outcome=EscalationOutcome.COLLAPSED,
        planned_at=timer.planned_at,
        at=at,
        words=MISSED,
    )


def _entry(row: Escalation, review: Review) -> NewEntry:
    return NewEntry(
        event="review.escalated",
        by=ESCALATION,
        at=row.at,
        detail={
            "review": review.pk,
            "step": row.step,
            "do": row.do,
            "outcome": row.outcome,
            "lateness": round((row.at - row.planned_at).total_seconds(), 3),
            "text": row.words,
            "reached": row.reached,
        },
        **review.proposal.subject(),
    )
