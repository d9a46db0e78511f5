"""
Announcing outcomes: whoever must learn of one is told in the transaction that marks it as told.

Agents get webhook messages; owners, requesters and approvers get notifications; what was said about
an undecided proposal is settled, and pages about it end. All of that is rows that others send.
"""

import datetime as dt
import logging
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from approvals.announcing import messages, surroundings, webhooks
from approvals.models import Outcome
from approvals.states import CLOSED
from orchestrator.kernel import faultpoints
from orchestrator.notifications import sending
from orchestrator.paging import paging
from orchestrator.paging.subjects import PROPOSAL, TROUBLE
from orchestrator.webhooks import enqueueing

BATCH = 500
FIRST_WAIT, LONGEST_WAIT = 2, 300
logger = logging.getLogger(__name__)


def announce_due(*, at: dt.datetime) -> int:
    """Announce what has not been yet, a batch of it; return how many outcomes."""
    due = list(_due(at).values_list("pk", flat=True)[:BATCH])
    if not due:
        return 0
    try:
        return _announce(due, at)
    except Exception:
        logger.exception("a batch of outcomes could not be announced; they are tried one by one")
    return sum(_announce_alone(each, at) for each in due)


def _due(at: dt.datetime) -> QuerySet[Outcome]:
    """Return what is due; of one proposal's outcomes the earlier one goes first."""
    earlier = Outcome.objects.filter(
        proposal=OuterRef("proposal"),
        sequence__lt=OuterRef("sequence"),
        announced_at=None,
        next_at=None,
    )
    rows = Outcome.objects.filter(Q(next_at=None) | Q(next_at__lte=at), announced_at=None)
    return rows.filter(~Exists(earlier)).order_by("pk")


@transaction.atomic
def _announce(ids: Sequence[int], at: dt.datetime) -> int:
    rows = Outcome.objects.select_for_update(skip_locked=True)
    outcomes = list(rows.filter(pk__in=ids, announced_at=None).order_by("pk"))
    if not outcomes:
        return 0
    facts = surroundings.load(outcomes)
    # What was said before is settled before anything new is said about the same proposal.
    conclusions = messages.conclusions(outcomes, facts)
    _settle(PROPOSAL, conclusions, at)
    over = {each.proposal_id for each in outcomes if each.state in CLOSED}
    _settle(TROUBLE, {key: said for key, said in conclusions.items() if key in over}, at)
    sending.notify_each(messages=messages.messages(outcomes, facts), at=at)
    enqueueing.enqueue(events=webhooks.events(outcomes, facts), at=at)
    Outcome.objects.filter(pk__in=[each.pk for each in outcomes]).update(announced_at=at)
    faultpoints.reach("outcomes_announced")
    return len(outcomes)


def _settle(kind: str, words: dict[str, str], at: dt.datetime) -> None:
    if not words:
        return
    sending.conclude_each(subject_kind=kind, words=words, at=at)
    by_words: dict[str, list[str]] = {}
    for proposal_id, said in words.items():
        by_words.setdefault(said, []).append(proposal_id)
    for said, proposal_ids in by_words.items():
        paging.resolve(subject_kind=kind, subject_ids=proposal_ids, words=said, at=at)


def _announce_alone(outcome_id: int, at: dt.datetime) -> int:
    """Announce one; if it breaks, put it off so that it keeps nothing else waiting."""
    try:
        return _announce([outcome_id], at)
    except Exception:
        logger.exception("the outcome %s could not be announced", outcome_id)
    rows = Outcome.objects.filter(pk=outcome_id, announced_at=None)
    for tries in rows.values_list("tries", flat=True):
        wait = min(FIRST_WAIT * 2 ** min(tries, 10), LONGEST_WAIT)
        rows.update(tries=tries + 1, next_at=at + dt.timedelta(seconds=wait))
    return 0
