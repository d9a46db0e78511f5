"""
Casting the votes of bulk decisions, item by item: each with its own transaction and result.

The rows are the work: an item waits until the transaction that casts its vote, or notes why not,
stands. A worker that is killed leaves the rest waiting, and the sweep goes on with it. Nobody waits
for a long one: everybody's bulk decisions take turns, so many items each.
"""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction

from approvals.bulk_conflicts import check_alone
from approvals.bulk_decisions import finish, wake
from approvals.decisions import decide
from approvals.eligibility import HIGH_RISK
from approvals.models import BulkDecision, BulkItem, Proposal
from approvals.states import BulkItemState, BulkState, Risk, Vote
from orchestrator.kernel import faultpoints
from orchestrator.kernel.errors import DomainError

# Long enough to be worth a message, short enough that nobody else's work waits for it.
LONGEST_RUN = dt.timedelta(seconds=5)
# How many items of one bulk decision are cast before the next one has its turn.
TURN = 20
logger = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]


class HighRisk(DomainError):
    """What is of high risk is decided alone."""

    code, status, title = HIGH_RISK.code, 409, "Decide on it alone"


def run_due(*, at_clock: Clock) -> int:
    """Cast what waits, by turns, oldest first, for a few seconds; return how many items."""
    began, moved = at_clock(), 0
    running = BulkDecision.objects.filter(state=BulkState.RUNNING).order_by("created_at", "pk")
    # Asked again in each round: what was started meanwhile has its turn in the next.
    while at_clock() - began < LONGEST_RUN:
        cast = sum(_turn(bulk, at_clock, began) for bulk in running.select_related("person"))
        moved += cast
        if not cast:
            break
    if moved and running.exists():
        wake()
    return moved


def _turn(bulk: BulkDecision, at_clock: Clock, began: dt.datetime) -> int:
    """Cast a turn of one bulk decision, and close it when nothing of it waits."""
    for cast in range(TURN):
        if at_clock() - began >= LONGEST_RUN:
            return cast
        if not _cast_next(bulk, at_clock()):
            finish(bulk, at=at_clock())
            return cast
    return TURN


@transaction.atomic
def _cast_next(bulk: BulkDecision, at: dt.datetime) -> bool:
    """Decide on one waiting item, or note why not; say whether there was one to take up."""
    # Locked first, so that nobody stops it between this look and the vote; another worker that
    # finds it locked takes somebody else's.
    rows = BulkDecision.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    if not rows.filter(pk=bulk.pk, state=BulkState.RUNNING).exists():
        return False
    waiting = BulkItem.objects.filter(bulk=bulk, state=BulkItemState.WAITING)
    item = waiting.order_by("position").select_for_update().first()
    if item is None:
        return False
    try:
        with transaction.atomic():
            _cast(bulk, item, at)
    except DomainError as refusal:
        item.move(
            BulkItemState.REFUSED, decided_at=at, code=refusal.code[:60], detail=refusal.detail
        )
    except Exception:
        # One that breaks must not keep the others waiting for ever.
        logger.exception("an item of the bulk decision %s broke off", bulk.pk)
        text = "It broke off inside Countersign: open it and decide on it alone."
        item.move(BulkItemState.REFUSED, decided_at=at, code="broke_off", detail=text)
    else:
        item.move(BulkItemState.DECIDED, decided_at=at)
    faultpoints.reach("inside_bulk_item")
    return True


def _cast(bulk: BulkDecision, item: BulkItem, at: dt.datetime) -> None:
    # The risk may have risen since the person chose: asked again under the lock that decide takes.
    risk = Proposal.objects.select_for_update().values_list("risk", flat=True)
    if risk.get(pk=item.proposal_id) == Risk.HIGH:
        raise HighRisk(HIGH_RISK.text)
    if bulk.vote == Vote.APPROVE:
        check_alone(item.proposal_id)
    decide(
        proposal_id=item.proposal_id,
        person=bulk.person,
        vote=bulk.vote,
        digest=item.digest,
        reason_code=bulk.reason_code,
        text=bulk.text,
        bulk=bulk.pk,
        at=at,
    )
