"""
One decision on many proposals: each with its own guard, its own transaction and its own result.

The rows are the work: an item waits until the transaction that casts its vote, or notes why not,
stands. A worker that is killed leaves the rest waiting, and the sweep goes on with it.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Sequence

from django.db import IntegrityError, transaction

from approvals.decisions import BadDecision, ReasonNeeded, TextNeeded, decide
from approvals.eligibility import HIGH_RISK, Chosen, preflight
from approvals.models import BulkDecision, BulkItem, Proposal
from approvals.states import BulkItemState, BulkState, DenyReason, Risk, Vote
from audit import ledger
from orchestrator.kernel import faultpoints, wakeups
from orchestrator.kernel.errors import DomainError, NotAllowed, NotFound
from orchestrator.people.models import User

MOST_ITEMS, LONGEST_DIGEST = 1000, 80
# Long enough to be worth a message, short enough that nobody else's work waits for it.
LONGEST_RUN = dt.timedelta(seconds=5)
DECIDE = "decide-bulk"
KEY_ONCE = "bulk_decision_key_once"
logger = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]


class BadBulkDecision(DomainError):
    """There is nothing to decide at once, or too much of it."""

    code, status, title = "bad_bulk_decision", 422, "It cannot be decided at once"


class HighRisk(DomainError):
    """What is of high risk is decided alone."""

    code, status, title = HIGH_RISK.code, 409, "Decide on it alone"


@transaction.atomic
def start(
    *,
    person: User,
    vote: str,
    chosen: Sequence[Chosen],
    reason_code: str = "",
    text: str = "",
    title: str = "",
    origin: str = "",
    key: str,
    at: dt.datetime,
) -> BulkDecision:
    """
    Take a person's decision on many proposals; workers then cast it item by item.

    The same `key` of the same person starts one bulk decision, however often it is sent.

    :raises BadBulkDecision: if nothing is chosen, or more than MOST_ITEMS, or what they may not see
    :raises BadDecision: if a text or a reason is missing
    """
    _check(vote, chosen, reason_code, text)
    known = BulkDecision.objects.filter(person=person, key=key).first()
    if known is not None:
        return known
    _check_seen(person, chosen, vote, text, at)
    bulk, new = _stored(
        person=person,
        vote=vote,
        reason_code=reason_code if vote == Vote.DENY else "",
        text=text.strip(),
        title=title[:200],
        origin=origin[:200],
        key=key,
        total=len(chosen),
        created_at=at,
    )
    if not new:
        return bulk
    BulkItem.objects.bulk_create(
        BulkItem(bulk=bulk, position=position, proposal_id=each.proposal_id, digest=each.digest)
        for position, each in enumerate(chosen)
    )
    _record(bulk, "bulk.started", at, vote=vote, items=bulk.total, text=bulk.text)
    transaction.on_commit(wake)
    return bulk


def run_due(*, at_clock: Clock) -> int:
    """Cast what waits, oldest bulk decision first, for a few seconds; return how many items."""
    began, moved = at_clock(), 0
    running = BulkDecision.objects.filter(state=BulkState.RUNNING).order_by("created_at")
    for bulk in running.select_related("person"):
        while at_clock() - began < LONGEST_RUN:
            if not _cast_next(bulk, at_clock()):
                _finish(bulk, at_clock())
                break
            moved += 1
    if running.exists() and moved:
        wake()
    return moved


@transaction.atomic
def stop(*, bulk_id: str, person: User, at: dt.datetime) -> BulkDecision:
    """
    Stop a bulk decision: what was decided stands, the rest stays as it was.

    :raises NotFound: if there is no such bulk decision
    :raises NotAllowed: if it is somebody else's
    """
    bulk = BulkDecision.objects.select_for_update().filter(pk=bulk_id).first()
    if bulk is None:
        raise NotFound("There is no such bulk decision.")
    if bulk.person_id != person.pk:
        raise NotAllowed("Only whoever started it can stop it.")
    if bulk.state == BulkState.RUNNING:
        bulk.move(BulkState.STOPPED, finished_at=at)
        _record(bulk, "bulk.finished", at, stopped=True, **_counts(bulk))
    return bulk


def progress(bulk: BulkDecision) -> Counter[str]:
    """Return how many items are waiting, decided and refused."""
    return Counter(BulkItem.objects.filter(bulk=bulk).values_list("state", flat=True))


def wake() -> None:
    """Wake a worker; the sweep finds what a lost wake-up leaves."""
    wakeups.wake(DECIDE)


def _check(vote: str, chosen: Sequence[Chosen], reason_code: str, text: str) -> None:
    if vote not in (Vote.APPROVE, Vote.DENY):
        raise BadBulkDecision("Many proposals are approved or denied at once, nothing else.")
    if not chosen:
        raise BadBulkDecision("Choose at least one proposal.")
    if len(chosen) > MOST_ITEMS:
        raise BadBulkDecision(f"At most {MOST_ITEMS} at once; decide the others after that.")
    if len({each.proposal_id for each in chosen}) != len(chosen):
        raise BadBulkDecision("A proposal stands in the list twice.")
    if "\x00" in text:
        raise BadDecision("The text holds a character that cannot be kept: type it again.")
    if vote == Vote.DENY and not text.strip():
        raise TextNeeded("Say why, for the people behind the agents.")
    if vote == Vote.DENY and reason_code not in DenyReason.values():
        raise ReasonNeeded(f"Choose a reason: {', '.join(DenyReason.values())}.")


def _stored(*, person: User, key: str, **values: object) -> tuple[BulkDecision, bool]:
    """Return the bulk decision of this key, and whether it is new: two forms may come at once."""
    try:
        with transaction.atomic():
            return BulkDecision.objects.create(person=person, key=key, **values), True
    except IntegrityError as clash:
        if KEY_ONCE not in str(clash):
            raise
        return BulkDecision.objects.get(person=person, key=key), False


def _check_seen(
    person: User, chosen: Sequence[Chosen], vote: str, text: str, at: dt.datetime
) -> None:
    """Take up nothing that the person may not know of: its result would name the record."""
    if any(len(each.digest) > LONGEST_DIGEST for each in chosen):
        raise BadBulkDecision("What was chosen makes no sense: choose it again.")
    lines = preflight(person=person, chosen=chosen, vote=vote, text=text, at=at)
    if any(line.proposal is None for line in lines):
        raise BadBulkDecision("Something that was chosen is not yours to see: look again.")


@transaction.atomic
def _cast_next(bulk: BulkDecision, at: dt.datetime) -> bool:
    """Decide on one waiting item, or note why not; say whether there was one to take up."""
    # Locked first, so that nobody stops it between this look and the vote.
    rows = BulkDecision.objects.select_for_update(of=("self",), no_key=True)
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


@transaction.atomic
def _finish(bulk: BulkDecision, at: dt.datetime) -> None:
    rows = BulkDecision.objects.select_for_update(of=("self",), skip_locked=True)
    locked = rows.filter(pk=bulk.pk, state=BulkState.RUNNING).select_related("person").first()
    if locked is None or progress(locked)[BulkItemState.WAITING]:
        return
    locked.move(BulkState.FINISHED, finished_at=at)
    _record(locked, "bulk.finished", at, stopped=False, **_counts(locked))


def _counts(bulk: BulkDecision) -> dict[str, int]:
    counts = progress(bulk)
    return {
        "decided": counts[BulkItemState.DECIDED],
        "refused": counts[BulkItemState.REFUSED],
    }


def _record(bulk: BulkDecision, event: str, at: dt.datetime, **detail: object) -> None:
    ledger.record(
        event=event,
        by=bulk.person.actor,
        at=at,
        subject_kind="bulk_decision",
        subject_id=bulk.pk,
        detail=detail,
    )
