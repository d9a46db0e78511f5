"""The commit engine: claim, read again, compare, write behind the fence, record, read back."""

import datetime as dt
import logging
from collections.abc import Callable

from django.conf import settings

from orchestrator.commits import faults, gates, held, holds, locks, probing, waking
from orchestrator.commits.batch import Batch, Item
from orchestrator.commits.claiming import claim
from orchestrator.commits.finishing import finish
from orchestrator.commits.gate import Gate
from orchestrator.commits.moves import move_rows
from orchestrator.commits.rereading import reread
from orchestrator.commits.scopes import claim_key, seat_keys
from orchestrator.commits.states import CommitState
from orchestrator.commits.writing import groups_of, not_halted, put_off, write_group
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel import faultpoints
from orchestrator.kernel.ids import new_id
from orchestrator.orgs.models import Org

# A drain hands over to a fresh message long before the broker could take it for lost.
LONGEST_DRAIN = dt.timedelta(seconds=60)
logger = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]


def drain(*, org_id: int, at_clock: Clock) -> int:
    """Commit what is due in one org until nothing is left; return how many commits were moved."""
    org = Org.objects.get(pk=org_id)
    token = new_id("clm")
    seats = seat_keys(org_id, gates.seats_allowed())
    # A seat is taken before anything is claimed: who gets none holds up nothing and nobody.
    with locks.first_kept(seats) as seat:
        if seat is None:
            return 0
        # While this lock is held, what carries our token is in good hands; settlement looks at it.
        with locks.kept(claim_key(token)):
            moved, finished = _drain(org, token, seat, at_clock)
    if not finished:
        waking.wake(org_id)
    held.note(org=org, at=at_clock())
    return moved


def _drain(org: Org, token: str, seat: int, at_clock: Clock) -> tuple[int, bool]:
    began, moved = at_clock(), 0
    limit = int(settings.COUNTERSIGN["claim_size"])
    while at_clock() - began < LONGEST_DRAIN:
        gate = gates.look(org)
        if seat >= gate.seats(gates.seats_allowed(), at=at_clock()):
            return moved, True
        passing = probing.lets_pass(gate, claim=token, at_clock=at_clock)
        claimed = claim(org=org, claim=token, limit=limit, at=at_clock(), passing=passing)
        moved += claimed.moved
        all_done = not claimed.items or _commit(gate, token, claimed.items, at_clock)
        # What went back to the queue may be due again, and what arrives later wakes us again.
        if claimed.moved == 0 or (all_done and not claimed.more):
            return moved, True
    return moved, False


def _commit(gate: Gate, token: str, items: list[Item], at_clock: Clock) -> bool:
    """Bring a batch as far as it goes; say whether all of it is done."""
    done: set[str] = set()
    try:
        connector = connector_for(gate.org)
    except ConnectorError as error:
        faults.handle(items, error, claim=token, at=at_clock())
    else:
        batch = Batch(gate.org, connector, token, items, gate, connector.limit_usage)
        done = _write_batch(batch, at_clock)
    holds.release([item.id for item in items if item.id not in done])
    faultpoints.reach("before_next_batch")
    return len(done) == len(items)


def _write_batch(batch: Batch, at_clock: Clock) -> set[str]:
    """Write a batch; return the ids of what is done."""
    found = reread(batch, at=at_clock())
    faultpoints.reach("after_rereading")
    gates.note_usage(batch, at=at_clock())
    written = _take_as_written(batch, found.there, at_clock())
    for number, group in enumerate(groups_of(batch, found.ready)):
        if not batch.gate.closed:
            put_off(batch, group, at=at_clock())
            continue
        # The first comes right after the claim; before the others much may have happened.
        ours = not_halted(batch, group, at_clock()) if number else group
        written += write_group(batch, ours, at_clock=at_clock)
    try:
        return finish(batch.connector, written, claim=batch.claim, at=at_clock())
    except ConnectorError as error:
        # They are written; the sweep reads them back once the CRM answers again.
        logger.warning("%s written commits could not be read back yet: %s", len(written), error)
        faults.tell_gate(batch, error, at=at_clock())
        return set()


def _take_as_written(batch: Batch, items: list[Item], at: dt.datetime) -> list[Item]:
    """Take over what an earlier try of ours has written: there is nothing to send."""
    rows = []
    for item in items:
        item.notes.append("An earlier try had written it; nothing was sent again.")
        item.commit.written_ids = [
            change.record_id if snapshot is None else snapshot.key.record_id
            for change, snapshot in zip(item.changes, item.before, strict=True)
        ]
        rows.append({"id": item.id, "written_at": at, "written_ids": item.commit.written_ids})
        # The images from before that earlier try, not those of its own result.
        item.before = []
    moved = move_rows(rows, left=CommitState.CLAIMED, to=CommitState.WRITTEN, claim=batch.claim)
    return [item for item in items if item.id in moved]
