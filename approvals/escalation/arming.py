"""Freezing a plan into a review as it opens, and arming a timer for each of its steps."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from approvals.clocks import StageClock
from approvals.escalation import plans
from approvals.escalation.plans import Window
from approvals.models import Review
from approvals.states import ReviewState
from orchestrator.timers import arming
from orchestrator.timers.arming import NewTimer
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.escalation import steps_for

# The kind of timer; its subject is the review, its step the key of the step in the plan.
KIND = "review.step"


def frozen_plan(
    definition: WorkflowDefinition,
    *,
    important: bool,
    clock: StageClock,
    opened_at: dt.datetime,
    due_at: dt.datetime,
    deadline_at: dt.datetime,
) -> list[dict[str, Any]]:
    """Return the plan of a review that opens now: a later version of the file changes nothing."""
    window = Window(
        opened_at=opened_at,
        due_at=due_at,
        deadline_at=deadline_at,
        hours=clock.calendar.hours,
        business=clock.within.business,
    )
    steps = steps_for(definition.escalation, important=important)
    return plans.stored(plans.plan(steps, window))


def arm(reviews: Iterable[Review]) -> None:
    """
    Arm the steps of those of the reviews that are open, in the transaction that opens them.

    Nobody disarms them: whoever fires finds a review closed, and drops all that is left of it. A
    decision pays nothing for the timers of its review, and no way of closing one can forget them.
    """
    arming.arm(timer for review in reviews for timer in _timers(review))


def _timers(review: Review) -> Iterator[NewTimer]:
    if review.state != ReviewState.OPEN:
        return
    for step in plans.read(review.plan):
        if step.fires and step.due_at is not None:
            yield NewTimer(KIND, review.pk, step.key, step.due_at)
