"""Carrying runs out: slice by slice, so that a run whose worker died goes on where it was."""

import datetime as dt
import logging
import sys
from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F

from audit import ledger
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel.actors import Actor
from orchestrator.orgs.models import Org
from orchestrator.reconciliation.comparing import Compared, compare_slice
from orchestrator.reconciliation.models import Finding, Reconciliation, Target
from orchestrator.reconciliation.schedule import CALENDAR, start
from orchestrator.reconciliation.states import RunState
from orchestrator.reconciliation.worklist import list_records, next_slice

logger = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
SLICE = 2000
# How many slices a worker works off before others get their turn.
SLICES_A_TURN = 20
# Longer than any one slice can take: a run whose worker is silent for this long has lost it.
LEASE = dt.timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(hours=1)
# A CRM that does not answer for this long will be asked by the next day's run.
PATIENCE = dt.timedelta(hours=20)
BATCH = 1000
INTERNAL = "The comparison itself failed; the log has the details. It is tried again."


class LostRun(Exception):
    """Another worker goes on with the run: ours was silent for too long."""


def advance_due(*, at_clock: Clock) -> int:
    """Take up the runs that are due, one turn each, and return how many."""
    due = Reconciliation.objects.filter(state=RunState.RUNNING, due_at__lte=at_clock())
    taken = 0
    for run_id in list(due.order_by("due_at").values_list("pk", flat=True)):
        run = claim(run_id, at=at_clock())
        if run is not None:
            taken += 1
            advance(run, at_clock=at_clock)
    return taken


@transaction.atomic
def claim(run_id: int, *, at: dt.datetime) -> Reconciliation | None:
    """Take a run for a while; None if it is not due, or somebody else was faster."""
    rows = Reconciliation.objects.filter(pk=run_id, state=RunState.RUNNING, due_at__lte=at)
    run = rows.select_for_update(skip_locked=True, of=("self",)).select_related("org").first()
    if run is not None:
        _keep(run, due_at=at + LEASE)
    return run


def advance(run: Reconciliation, *, at_clock: Clock, slices: int = SLICES_A_TURN) -> None:
    """Work off some slices of a claimed run; what goes wrong with the CRM postpones it."""
    try:
        if run.listed_at is None:
            _list(run, at_clock())
        for _ in range(slices):
            targets = next_slice(run, limit=SLICE)
            if not targets:
                _finish(run, at_clock())
                return
            _store(run, targets, compare_slice(run, connector_for(run.org), targets), at_clock())
        _keep(run, due_at=at_clock())
    except LostRun:
        logger.warning("reconciliation %s goes on elsewhere", run.pk)
    except ConnectorError as trouble:
        postpone(run, code=trouble.code, text=trouble.detail, at=at_clock())
    except OperationalError:
        # The database itself: whoever takes the run up next tries again.
        raise
    except Exception:
        # Whatever one record holds, the run must not hang on it without saying so.
        logger.exception("reconciliation %s stumbled", run.pk)
        postpone(run, code="not_compared", text=INTERNAL, at=at_clock())


def run_through(*, org: Org, by: Actor, at_clock: Clock) -> Reconciliation:
    """
    Carry out a whole run in this process; one that the CRM does not answer is given up.

    :raises AlreadyRunning: if the org has a run under way
    :raises NothingToReconcile: if the org is no CRM
    """
    run = start(org=org, by=by, at=at_clock(), held_for=LEASE)
    advance(run, at_clock=at_clock, slices=sys.maxsize)
    run.refresh_from_db()
    if run.state == RunState.RUNNING and run.trouble_code:
        fail(run, code=run.trouble_code, text=run.trouble_text, at=at_clock())
    return run


@transaction.atomic
def postpone(run: Reconciliation, *, code: str, text: str, at: dt.datetime) -> None:
    """Try again later and say why; after most of a day, give up and say that."""
    if at - (run.started_at or at) >= PATIENCE:
        fail(run, code=code, text=text, at=at)
        return
    wait = min(FIRST_WAIT * 2 ** min(run.attempts, 10), LONGEST_WAIT)
    tried = run.attempts + 1
    _keep(run, due_at=at + wait, attempts=tried, trouble_code=code[:60], trouble_text=text)


@transaction.atomic
def fail(run: Reconciliation, *, code: str, text: str, at: dt.datetime) -> None:
    """Give a run up; what it found so far stays."""
    _keep(run, trouble_code=code[:60], trouble_text=text)
    run.move(RunState.FAILED, finished_at=at)
    run.targets.all().delete()
    _record_end(run, at)


@transaction.atomic
def _list(run: Reconciliation, at: dt.datetime) -> None:
    since = at - dt.timedelta(days=int(settings.COUNTERSIGN["reconciliation_days"]))
    _keep(run, due_at=at + LEASE, listed_at=at)
    _keep(run, records=list_records(run, since=since, until=at))


@transaction.atomic
def _store(
    run: Reconciliation, targets: Sequence[Target], compared: Compared, at: dt.datetime
) -> None:
    # First of all the row: whoever has lost the run stores nothing of it.
    _keep(run, due_at=at + LEASE, attempts=0, trouble_code="", trouble_text="")
    counted = {name: F(name) + count for name, count in compared.counts.items()}
    Reconciliation.objects.filter(pk=run.pk).update(**counted)
    Target.objects.filter(pk__in=[each.pk for each in targets]).delete()
    Finding.objects.bulk_create(compared.findings, batch_size=BATCH)


@transaction.atomic
def _finish(run: Reconciliation, at: dt.datetime) -> None:
    _keep(run, trouble_code="", trouble_text="")
    run.move(RunState.FINISHED, finished_at=at)
    _record_end(run, at)


def _keep(run: Reconciliation, **fields: object) -> None:
    """Set fields of a run that is still ours: its due time is the one that we set."""
    rows = Reconciliation.objects.filter(pk=run.pk, state=RunState.RUNNING, due_at=run.due_at)
    if rows.update(**fields) != 1:
        raise LostRun
    for name, value in fields.items():
        setattr(run, name, value)


def _record_end(run: Reconciliation, at: dt.datetime) -> None:
    run.refresh_from_db()
    ledger.record(
        event="reconciliation.finished",
        by=CALENDAR,
        at=at,
        subject_kind="reconciliation",
        subject_id=str(run.pk),
        detail={
            "org": run.org.slug,
            "outcome": run.state,
            "records": run.records_checked,
            "differences": run.differences,
            "reverted_by_hand": run.reverted_by_hand,
            "text": run.trouble_text,
        },
    )
