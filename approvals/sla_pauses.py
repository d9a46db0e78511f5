"""A question stops the time to decide: what was left is kept, and runs on from the answer."""

import datetime as dt
from collections.abc import Sequence

from approvals.clocks import clocks_for, clocks_of, stage_clock
from approvals.models import Proposal, Review
from approvals.states import ProposalState, ReviewState
from orchestrator.calendars.queries import named_hours
from orchestrator.workflows.definition import WorkflowDefinition

# Which stage, and the role it asks: what a stage of the next revision must have in common with it.
StageKey = tuple[int, str]


def what_is_left(
    proposal: Proposal, review: Review, definition: WorkflowDefinition, *, at: dt.datetime
) -> tuple[dt.timedelta, dt.timedelta]:
    """Return how much is left of the time of the open stage, and of the time to decide."""
    frozen = review.policy.get("sla", {})
    calendars = named_hours({definition.sla.calendar, frozen.get("calendar", "")})
    workflow = clocks_for(calendars, definition)
    stage = stage_clock(frozen, calendars, workflow)
    of_stage = stage.left(at=at, due=review.due_at) if review.due_at else dt.timedelta(0)
    return of_stage, workflow.left_to_decide(at=at, deadline=proposal.deadline_at)


def pause(
    proposal: Proposal, definition: WorkflowDefinition, *, left: dt.timedelta, at: dt.datetime
) -> dict[str, object]:
    """Return what a question changes in the clocks of its proposal."""
    answer_by = clocks_of(definition).answer_by(asked_at=at)
    expires = min(answer_by, proposal.timeout_at) if proposal.timeout_at else answer_by
    return {"answer_by": answer_by, "decide_left": left, "deadline_at": expires}


def first_clocks(
    definition: WorkflowDefinition, *, timeout: dt.timedelta | None, at: dt.datetime
) -> dict[str, dt.datetime | None]:
    """Return the clocks of a new proposal: the requester's own limit, and the deadline."""
    timeout_at = at + timeout if timeout else None
    deadline_at = clocks_of(definition).deadline(start=at, timeout_at=timeout_at)
    return {"timeout_at": timeout_at, "deadline_at": deadline_at}


def resumed_clocks(
    proposal: Proposal,
    definition: WorkflowDefinition,
    *,
    timeout: dt.timedelta | None,
    at: dt.datetime,
) -> dict[str, object]:
    """
    Return what a new revision changes in the clocks of its proposal.

    An answer lets the time to decide run on from here. What a person corrected after it had failed
    gets its whole time again. A correction of what people look at buys no time.
    """
    if proposal.state == ProposalState.FAILED:
        deadline = clocks_of(definition).deadline(start=at)
        return {"deadline_at": deadline, "timeout_at": None}
    if proposal.state != ProposalState.REVISION_REQUESTED:
        return {}
    limits = [proposal.timeout_at, at + timeout if timeout else None]
    timeout_at = min((limit for limit in limits if limit), default=None)
    left = proposal.decide_left or dt.timedelta(0)
    return {
        "deadline_at": clocks_of(definition).resumed(left, at=at, timeout_at=timeout_at),
        "timeout_at": timeout_at,
        "answer_by": None,
        "decide_left": None,
    }


def carried_over(proposals: Sequence[Proposal]) -> dict[str, dict[StageKey, dt.timedelta]]:
    """Return what stages that were sent back had left, by proposal, unless asked again since."""
    asked = [proposal.pk for proposal in proposals if proposal.send_backs]
    if not asked:
        return {}
    rows = Review.objects.filter(proposal__in=asked).values_list(
        "proposal_id", "revision__number", "stage", "state", "policy", "remaining"
    )
    latest: dict[str, int] = {}
    for proposal_id, number, *_ in rows:
        latest[proposal_id] = max(number, latest.get(proposal_id, 0))
    found: dict[str, dict[StageKey, dt.timedelta]] = {}
    for proposal_id, number, stage, state, policy, remaining in rows:
        sent_back = state == ReviewState.SENT_BACK and number == latest[proposal_id]
        if sent_back and remaining is not None:
            found.setdefault(proposal_id, {})[stage, policy["role"]] = remaining
    return found
