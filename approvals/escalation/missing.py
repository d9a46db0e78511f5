"""Open reviews that have lost their next step, and arming one anew."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction

from approvals.clocks import clocks_for, stage_clock
from approvals.escalation import arming, plans
from approvals.escalation.firing import ESCALATION
from approvals.escalation.plans import PlannedStep
from approvals.models import Proposal, Review
from approvals.states import ReviewState
from audit import ledger
from orchestrator.calendars.queries import named_hours
from orchestrator.timers import failing
from orchestrator.workflows.queries import definition_of

# A step that is this late was not merely waiting for the next tick.
LATE = dt.timedelta(minutes=2)
MOST = 200
AGAIN = "again-"
# The deadline is everybody's last step, so a plan that has run out is not missing anything.
MISSING = """
SELECT r.id, r.proposal_id, reason FROM approvals_review r, LATERAL (
  SELECT CASE
    WHEN r.plan = '[]' THEN 'It has no plan.'
    WHEN EXISTS (
      SELECT 1 FROM timers_timer t WHERE t.kind = %(kind)s AND t.subject = r.id
        AND t.state = 'stuck'
    ) THEN 'A step failed too often and is stuck.'
    WHEN EXISTS (
      SELECT 1 FROM timers_timer t WHERE t.kind = %(kind)s AND t.subject = r.id
        AND t.state = 'open' AND t.due_at < %(late)s
    ) THEN 'A step is due and has not fired.'
    WHEN EXISTS (
      SELECT 1 FROM jsonb_to_recordset(r.plan) AS step(key text, due_at timestamptz, fires boolean)
      WHERE step.fires AND step.due_at > %(at)s AND NOT EXISTS (
        SELECT 1 FROM timers_timer t WHERE t.kind = %(kind)s AND t.subject = r.id
          AND t.step = step.key AND t.state = 'open'
      ) AND NOT EXISTS (
        SELECT 1 FROM approvals_escalation e
        WHERE e.review_id = r.id AND e.step = step.key AND e.drill = ''
      )
    ) THEN 'A step of its plan has no timer.'
  END AS reason
) AS looked
WHERE r.state = 'open' AND looked.reason IS NOT NULL
ORDER BY r.due_at, r.id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class MissingStep:
    """An open review whose next step will not come by itself, and why."""

    review_id: str
    proposal_id: str
    reason: str


def next_steps_missing(at: dt.datetime, *, most: int = MOST) -> list[MissingStep]:
    """Return the open reviews that have no next step, the most urgent first, with the reason."""
    wanted: dict[str, Any] = {"kind": arming.KIND, "at": at, "late": at - LATE, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(MISSING, wanted)
        return [MissingStep(*row) for row in cursor.fetchall()]


@transaction.atomic
def restart(review: Review, at: dt.datetime) -> bool:
    """
    Arm what the plan still holds anew, from now; once for a review. Say whether anything was.

    Steps that were missed come shortly, one after the other; those to come keep their times. A
    review without a plan gets the one that its workflow has, over the time that is left. Stuck
    steps are tried again.
    """
    locked = Review.objects.select_for_update(of=("self",)).select_related(
        "role", "proposal__workflow", "proposal__agent"
    )
    found = locked.filter(pk=review.pk, state=ReviewState.OPEN).first()
    if found is None or found.proposal.deadline_at <= at:
        return False
    tried = failing.try_again(kind=arming.KIND, subjects=[found.pk], at=at)
    again = _again(found, at) if found.plan else _plan_from_now(found, found.proposal, at)
    if again:
        lost = {step.key.removeprefix(AGAIN) for step in again}
        kept = [step for step in plans.read(found.plan) if step.key not in lost]
        found.amend(plan=plans.stored([*kept, *again]))
        arming.arm_steps(found, again)
    if again or tried:
        _record(found, len(again), tried, at)
    return bool(again or tried)


def _again(review: Review, at: dt.datetime) -> list[PlannedStep]:
    """Return the steps that neither happened nor have a timer, under new keys; none twice."""
    plan = plans.read(review.plan)
    if any(step.key.startswith(AGAIN) for step in plan):
        return []
    waiting = arming.open_steps(review)
    taken = set(review.escalations.filter(drill="").values_list("step", flat=True))
    lost = [step for step in plan if step.fires and step.key not in waiting | taken]
    return [
        replace(
            step,
            key=AGAIN + step.key,
            due_at=max(step.due_at or at, at + dt.timedelta(seconds=number)),
            note="armed anew",
        )
        for number, step in enumerate(lost, start=1)
    ]


def _plan_from_now(review: Review, proposal: Proposal, at: dt.datetime) -> list[PlannedStep]:
    definition = definition_of(proposal.version_id)
    frozen = review.policy.get("sla", {})
    calendars = named_hours({definition.sla.calendar, frozen.get("calendar", "")})
    clock = stage_clock(frozen, calendars, clocks_for(calendars, definition))
    return plans.read(
        arming.frozen_plan(
            definition,
            important=review.policy.get("important", False),
            clock=clock,
            opened_at=at,
            due_at=max(review.due_at or at, at),
            deadline_at=proposal.deadline_at,
        )
    )


def _record(review: Review, armed: int, tried: int, at: dt.datetime) -> None:
    ledger.record(
        event="review.plan_restarted",
        by=ESCALATION,
        at=at,
        detail={"review": review.pk, "text": f"{armed} armed anew, {tried} tried again"},
        **review.proposal.subject(),
    )
