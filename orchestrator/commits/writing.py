"""
The write itself: announced durably, fenced, sent once, and recorded before the fence is left.

`announce` commits what is about to be sent, so that a crash from here on is visible. `write_group`
is one transaction: it takes the fence's locks, looks at the switch, sends, and records the answer.
The locks end with it, so a halt that gets its own lock knows that nothing is on the wire.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence

from django.conf import settings
from django.db import transaction

from approvals.receipts import review_url
from audit import ledger
from orchestrator.commits import gates, locks, transitions
from orchestrator.commits.batch import Batch, Item, snapshot_json
from orchestrator.commits.faults import concerns_the_org, handle, handle_call
from orchestrator.commits.gate import Gate
from orchestrator.commits.models import Attempt, Commit
from orchestrator.commits.moves import move_rows
from orchestrator.commits.scopes import shared_keys
from orchestrator.commits.states import CommitState
from orchestrator.commits.switch import (
    UNREADABLE,
    Stop,
    Switch,
    SwitchUnreadable,
    read_switch,
)
from orchestrator.connectors.base import (
    Fault,
    GuardedChange,
    UnitResult,
    WriteUnit,
    needs_own_call,
)
from orchestrator.connectors.errors import ConnectorError, ErrorClass
from orchestrator.kernel import faultpoints

# How long a write waits behind a halt that is being confirmed before it goes back to the queue.
FENCE_WAIT_SECONDS = 5.0
ROW_LOCKED = "UNABLE_TO_LOCK_ROW"
logger = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]


def groups_of(batch: Batch, items: Sequence[Item]) -> Iterator[list[Item]]:
    """
    Pack commits into calls: whoever needs a call of its own gets one, the others share.

    The org's pace is asked anew for each call, because the one before may have changed it.
    """
    shared: list[Item] = []
    for item in items:
        if needs_own_call(unit_of(item)):
            yield [item]
            continue
        shared.append(item)
        if len(shared) >= min(batch.connector.unit_limit, batch.gate.pace):
            yield shared
            shared = []
    if shared:
        yield shared


def unit_of(item: Item) -> WriteUnit:
    """Return what the connector is asked to write, guarded by what was just read."""
    changes = [
        GuardedChange(
            operation=change.operation,
            object_name=change.object_name,
            record_id=change.record_id,
            external_id=item.external_id(change) if change.operation == "create" else "",
            fields=change.fields,
            guard=None if change.operation == "create" else before,
        )
        for change, before in zip(item.changes, item.before, strict=True)
    ]
    reason = item.revision.content["reason"]
    return WriteUnit(
        item.id,
        changes,
        proposal_id=item.proposal.pk,
        reason=reason["text"],
        reason_code=reason["code"],
        digest=item.revision.digest,
        link=review_url(item.proposal.pk),
        marked=item.commit.marked,
    )


@transaction.atomic
def announce(batch: Batch, items: Sequence[Item], *, at: dt.datetime) -> list[Item]:
    """Say durably what is about to be sent; return the commits that are still ours."""
    rows = [
        {
            "id": item.id,
            "sent_at": at,
            "marked": item.commit.marked,
            "before": [snapshot_json(snapshot) for snapshot in item.before],
        }
        for item in items
    ]
    ours = move_rows(rows, left=CommitState.CLAIMED, to=CommitState.CLAIMED, claim=batch.claim)
    still = [item for item in items if item.id in ours]
    Attempt.objects.bulk_create(
        Attempt(
            commit_id=item.id,
            number=item.attempt,
            started_at=at,
            guards=[None if one is None else one.modified_at.isoformat() for one in item.before],
        )
        for item in still
    )
    return still


def write_group(batch: Batch, items: Sequence[Item], *, at_clock: Clock) -> list[Item]:
    """Write one group in one call; return the commits that the CRM says are written."""
    for item in items:
        item.commit.marked = batch.connector.can_mark(unit_of(item))
    items = announce(batch, items, at=at_clock()) if items else []
    faultpoints.reach("after_announcing")
    if not items:
        return []
    try:
        with locks.waiting_at_most(FENCE_WAIT_SECONDS):
            written = _write_fenced(batch, items, at_clock)
    except locks.LockTimeout:
        _put_back(batch, items, Stop("all", "", "A halt is being confirmed."), at_clock())
        return []
    except SwitchUnreadable:
        # The transaction broke with the reading; putting back needs one that works.
        _put_back(batch, items, UNREADABLE, at_clock())
        return []
    faultpoints.reach("after_recording")
    gates.note_usage(batch, at=at_clock())
    return written


def _write_fenced(batch: Batch, items: Sequence[Item], at_clock: Clock) -> list[Item]:
    locks.share(shared_keys(item.reach for item in items))
    switch = read_switch()
    if switch.unreadable:
        raise SwitchUnreadable(UNREADABLE.reason)
    items = _let_through(batch, _still_ours(batch, items), switch, at_clock())
    if not items:
        return []
    faultpoints.reach("before_sending")
    results, whole = _send(batch, items)
    faultpoints.reach("after_answer")
    written = _record(batch, items, results, at_clock(), whole=whole)
    faultpoints.reach("before_recording_stands")
    return written


def _still_ours(batch: Batch, items: Sequence[Item]) -> list[Item]:
    """Leave out what a sweep took from us while we were slow: it is no longer ours to write."""
    rows = Commit.objects.filter(
        pk__in=[item.id for item in items], state=CommitState.CLAIMED, claim=batch.claim
    )
    ours = set(rows.select_for_update().values_list("pk", flat=True))
    return [item for item in items if item.id in ours]


def not_halted(batch: Batch, items: Sequence[Item], at: dt.datetime) -> list[Item]:
    """
    Put back what is halted, and return the rest.

    Asked once the fence's locks are taken, so that no halt can be missed; and before a write is
    announced, so that a halt has little to wait for.
    """
    return _let_through(batch, items, read_switch(), at)


def _let_through(
    batch: Batch, items: Sequence[Item], switch: Switch, at: dt.datetime
) -> list[Item]:
    if not switch.stops:
        return list(items)
    stops = [(item, switch.stop_of(item.reach)) for item in items]
    for stop in switch.stops:
        halted = [item for item, found in stops if found == stop]
        if halted:
            _put_back(batch, halted, stop, at)
    return [item for item, stop in stops if stop is None]


def put_off(batch: Batch, items: Sequence[Item], *, at: dt.datetime) -> None:
    """Put back what was claimed before writing to the org was paused; nobody's try is used up."""
    _hold(batch, items, gates.reason(batch.gate), at)


def _put_back(batch: Batch, items: Sequence[Item], stop: Stop, at: dt.datetime) -> None:
    _hold(batch, items, ("", "halted", f"Halted: {stop.words}. {stop.reason}"), at)


@transaction.atomic
def _hold(
    batch: Batch, items: Sequence[Item], error: tuple[str, str, str], at: dt.datetime
) -> None:
    _, code, text = error
    ours = _still_ours(batch, items)
    transitions.postpone(ours, claim=batch.claim, error=error, due_at=at, counts=False, at=at)
    ledger.append(transitions.entry(item, "commit.held", at, code=code, text=text) for item in ours)


def _send(batch: Batch, items: Sequence[Item]) -> tuple[list[UnitResult], bool]:
    """Make the one call; say too whether a fault is that of the call as a whole."""
    whole = False
    try:
        return batch.connector.write([unit_of(item) for item in items]), whole
    except ConnectorError as error:
        fault, whole = Fault(error.error_class, error.crm_code or error.code, error.detail), True
    except Exception:
        # It may have left before it broke: that is for reading back to find out.
        logger.exception("a write broke off")
        text = "The write broke off inside Countersign; the log of the worker has it."
        fault = Fault(ErrorClass.UNKNOWN, "write_broke_off", text)
    return [UnitResult(item.id, fault) for item in items], whole


def _record(
    batch: Batch,
    items: Sequence[Item],
    results: Sequence[UnitResult],
    at: dt.datetime,
    *,
    whole: bool,
) -> list[Item]:
    """Record what became of each unit, while the fence is still held."""
    by_id = {item.id: item for item in items}
    faults: dict[Fault, list[Item]] = {}
    written, rows = [], []
    for result in results:
        item = by_id[result.unit_id]
        if result.fault is None:
            written.append(item)
            item.commit.written_ids = list(result.record_ids)
            rows.append({"id": item.id, "written_at": at, "written_ids": list(result.record_ids)})
        else:
            faults.setdefault(result.fault, []).append(item)
    moved = move_rows(rows, left=CommitState.CLAIMED, to=CommitState.WRITTEN, claim=batch.claim)
    transitions.check_all_moved(moved, written)
    transitions.close_attempts(written, outcome="written", at=at)
    for fault, group in faults.items():
        if whole or concerns_the_org(fault):
            handle_call(batch, group, fault, at=at)
        else:
            handle(group, fault, claim=batch.claim, at=at)
    if not whole:
        _adapt(batch.gate, faults, units=len(items))
    return written


def _adapt(gate: Gate, faults: Iterable[Fault], *, units: int) -> None:
    """Make calls smaller after rows that were locked, and larger again while none is."""
    if any(ROW_LOCKED in (fault.code, *fault.text.split()) for fault in faults):
        gates.slow_down(gate)
    elif not any(concerns_the_org(fault) for fault in faults):
        gates.went_well(gate, units=units)


def write_timeout() -> dt.timedelta:
    """Return how long a write may be on the wire after its worker is gone."""
    seconds: float = settings.COUNTERSIGN["crm_timeout_seconds"]
    return dt.timedelta(seconds=seconds)
