"""Freezing a plan into a review as it opens, and arming a timer for each of its steps."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from approvals.clocks import StageClock
from approvals.escalation import plans
from approvals.escalation.plans import PlannedStep, Window
from approvals.models import Review
from orchestrator.kernel.bulk_rows import insert_rows
from orchestrator.timers import arming
from orchestrator.timers.arming import NewTimer
from orchestrator.timers.models import Timer
from orchestrator.timers.states import TimerState
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.escalation import steps_for

# The kind of timer; its subject is the review, its step the key of the step in the plan.
KIND = "review.step"
# The kind of the one timer that tells people of a review, at once.
ASKING, ASKED = "review.opened", "asked"
ARM = f"""
INSERT INTO timers_timer (kind, subject, step, detail, planned_at, due_at)
SELECT '{ASKING}', inserted.id, '{ASKED}', '{{}}'::jsonb, inserted.opened_at, inserted.opened_at
FROM inserted WHERE inserted.state = 'open'
UNION ALL
SELECT '{KIND}', inserted.id, step.key, '{{}}'::jsonb, step.due_at, step.due_at
FROM inserted, ROWS FROM (
  jsonb_to_recordset(inserted.plan) AS (key text, due_at timestamptz, fires boolean)
) AS step (key, due_at, fires)
WHERE inserted.state = 'open' AND step.fires
ON CONFLICT (kind, subject, step) DO NOTHING
"""  # noqa: S608 - the kinds are ours


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


def insert(reviews: Sequence[Review]) -> None:
    """
    Store new reviews, and arm the steps of those that are open: one statement for both.

    Nobody disarms them: whoever fires finds a review closed, and drops all that is left of it. A
    decision pays nothing for the timers of its review, and no way of closing one can forget them.
    """
    insert_rows(Review, [_columns(review) for review in reviews], onward=ARM)


def arm(review: Review) -> None:
    """Arm the steps of a review that has just opened, in the transaction that opens it."""
    if review.opened_at is not None:
        arming.arm([NewTimer(ASKING, review.pk, ASKED, review.opened_at)])
    arm_steps(review, plans.read(review.plan))


def arm_steps(review: Review, steps: Iterable[PlannedStep]) -> None:
    """Arm those of the steps that have a moment; one that was armed before stays as it is."""
    arming.arm(
        NewTimer(KIND, review.pk, step.key, step.due_at)
        for step in steps
        if step.fires and step.due_at is not None
    )


def open_steps(review: Review) -> set[str]:
    """Return the keys of the steps of a review that still have a timer."""
    timers = Timer.objects.filter(
        kind=KIND, subject=review.pk, state__in=[TimerState.OPEN, TimerState.STUCK]
    )
    return set(timers.values_list("step", flat=True))


def _columns(review: Review) -> dict[str, Any]:
    return {field.column: getattr(review, field.attname) for field in Review._meta.concrete_fields}
