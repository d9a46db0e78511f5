"""Traffic before the first visitor: the agents propose, the demo's people decide some of it."""

import datetime as dt
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from approvals import decisions
from approvals.models import Proposal, Review
from approvals.promotion import propose_mode
from approvals.states import CLOSED, ProposalState, ReviewState, Vote
from orchestrator.commits import fence
from orchestrator.demo.agents.client import Countersign
from orchestrator.demo.agents.deal_desk import DealDesk
from orchestrator.demo.agents.lead_hygiene import LeadHygiene
from orchestrator.demo.agents.stuck_deals import StuckDeals
from orchestrator.demo.agents.worker import ExampleAgent
from orchestrator.demo.crm_door import CrmDoor
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User
from orchestrator.people.queries import reachable_members
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.modes import Mode

AGENTS: dict[str, type[ExampleAgent]] = {
    "stuck-deals": StuckDeals,
    "deal-desk-agent": DealDesk,
    "lead-hygiene": LeadHygiene,
}
RECORDS_LOOKED_AT = 24
DECIDED = 14
PATIENCE_SECONDS = 30
NOTES = cycle(
    [
        "Matches what the account team says.",
        "Checked against the mail; the record was behind.",
        "Agreed with the owner.",
    ]
)
REFUSALS = cycle(
    [
        ("wrong_value", "The buyer has not signed yet; keep the stage until they do."),
        ("not_convincing", "One mail without a date is not enough for this amount."),
    ]
)
# What the people of the past decided, in turn.
PATTERN = cycle([Vote.APPROVE, Vote.APPROVE, Vote.APPROVE, Vote.DENY, Vote.APPROVE, Vote.APPROVE])


def make_past(*, address: str, keys: dict[str, str], reports: Path, door: CrmDoor) -> None:
    """Let the agents propose once, decide some of it, and practise the kill switch."""
    for slug, key in keys.items():
        client = Countersign(address=address, key=key)
        agent = AGENTS[slug](
            client=client, report=reports / f"{slug}.csv", per_round=RECORDS_LOOKED_AT
        )
        agent.work_once()
    _wait_until(lambda: not Proposal.objects.filter(state=ProposalState.RECEIVED).exists())
    _let_one_fail(door)
    _decide_some()
    _practise_halting()
    _ask_for_promotion()
    # What was approved is written by the workers; the last of it may still be under way.
    _wait_until(lambda: not Proposal.objects.filter(state__in=_UNDER_WAY).exists())


_UNDER_WAY = sorted({ProposalState.APPROVED, ProposalState.COMMITTING} - CLOSED)


def _decide_some() -> None:
    decided = 0
    reviews = Review.objects.filter(state=ReviewState.OPEN).select_related("proposal", "role")
    for review in reviews.order_by("?")[: DECIDED * 2]:
        if decided >= DECIDED:
            return
        decided += _decide(review, next(PATTERN))


def _let_one_fail(door: CrmDoor) -> None:
    """Approve one repair that the org's own rules refuse: something for the failures page."""
    review = (
        Review.objects.filter(state=ReviewState.OPEN, proposal__workflow__slug="lead-hygiene")
        .select_related("proposal", "role", "revision")
        .first()
    )
    if review is None:
        return
    record_id = review.revision.changes.values_list("record_id", flat=True)[0]
    door.refuse_once(record_id, message="Leads of this source need a country before any change.")
    _decide(review, Vote.APPROVE)


def _decide(review: Review, vote: Vote) -> int:
    person = next(iter(reachable_members(role=review.role)), None)
    if person is None:
        return 0
    code, refusal = next(REFUSALS)
    try:
        decisions.decide(
            proposal_id=review.proposal_id,
            person=person,
            vote=vote,
            digest=review.proposal.digest,
            reason_code=code if vote == Vote.DENY else "",
            text=refusal if vote == Vote.DENY else next(NOTES),
            at=clock.now(),
            authenticated_at=clock.now(),
        )
    except DomainError:
        # The review moved on meanwhile, or this person may not: the next one will do.
        return 0
    return 1


def _practise_halting() -> None:
    first = User.objects.get(username="ops-owner").actor
    second = User.objects.get(username="ops-deputy").actor
    at = clock.now()
    halt = fence.halt(
        scope="object", value="Case", reason="Practice: does the switch answer?", by=first, at=at
    )
    fence.confirm(halt=halt, at=clock.now(), wait=PATIENCE_SECONDS)
    halt.refresh_from_db()
    fence.ask_release(halt=halt, reason="The practice is over.", by=first, at=clock.now())
    halt.refresh_from_db()
    fence.release(halt=halt, by=second, at=clock.now())


def _ask_for_promotion() -> None:
    """Have the deputy ask for the next mode of a workflow: the ops owner has to decide on it."""
    propose_mode(
        workflow=Workflow.objects.get(slug="deal-hygiene"),
        to=Mode.EXECUTE,
        reason="Four weeks in propose mode, and nothing had to be taken back.",
        person=User.objects.get(username="ops-deputy"),
        at=clock.now(),
    )


def _wait_until(done: Callable[[], bool]) -> bool:
    """Wait for the workers, but not for ever: the demo also starts where they are slow."""
    patience = dt.timedelta(seconds=PATIENCE_SECONDS)
    until = clock.now() + patience
    while clock.now() < until:
        if done():
            return True
        time.sleep(0.1)
    return False
