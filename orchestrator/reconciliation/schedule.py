"""When runs begin: daily at an hour of their own, or because somebody asks."""

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction

from audit import ledger
from orchestrator.kernel.actors import Actor, system
from orchestrator.kernel.errors import DomainError
from orchestrator.orgs.models import Org, OrgKind
from orchestrator.reconciliation.models import Reconciliation
from orchestrator.reconciliation.states import Cause, RunState

CALENDAR = system("reconciliation")


class AlreadyRunning(DomainError):
    """The org has a run under way."""

    code, status, title = "reconciliation_running", 409, "A run is under way"


class NothingToReconcile(DomainError):
    """The org is our own configuration: nobody but us can change it."""

    code, status, title = "nothing_to_reconcile", 422, "Nothing to reconcile"


def plan_ahead(*, at: dt.datetime) -> None:
    """Give every CRM org a row for its next daily run; one that has a row keeps it."""
    due = next_daily(at)
    planned = Reconciliation.objects.filter(state=RunState.SCHEDULED).values("org")
    orgs = Org.objects.filter(kind=OrgKind.SALESFORCE).exclude(pk__in=planned)
    rows = [
        Reconciliation(
            state=RunState.SCHEDULED,
            org=org,
            cause=Cause.DAILY,
            day=due.date(),
            by_label=CALENDAR.label,
            due_at=due,
        )
        for org in orgs
    ]
    # Another beat may plan at the same time: the constraints let one of the two rows stand.
    Reconciliation.objects.bulk_create(rows, ignore_conflicts=True)


def next_daily(at: dt.datetime) -> dt.datetime:
    """Return the first moment after `at` that has the configured hour."""
    hour = int(settings.COUNTERSIGN["reconciliation_hour"])
    today = at.astimezone(dt.UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > at else today + dt.timedelta(days=1)


def begin_due(*, at: dt.datetime) -> int:
    """
    Begin the daily runs that are due, and return how many.

    Days missed while nothing ran collapse into one run. An org with a run under way waits for it.
    """
    busy = Reconciliation.objects.filter(state=RunState.RUNNING).values("org")
    due = Reconciliation.objects.filter(state=RunState.SCHEDULED, due_at__lte=at)
    begun = 0
    for run_id in list(due.exclude(org__in=busy).values_list("pk", flat=True)):
        begun += _begin(run_id, at)
    return begun


def start(
    *, org: Org, by: Actor, at: dt.datetime, held_for: dt.timedelta = dt.timedelta()
) -> Reconciliation:
    """
    Begin a run on demand; a worker takes it up once whoever holds it has let go.

    :raises AlreadyRunning: if the org has one under way
    :raises NothingToReconcile: if the org is no CRM
    """
    if org.kind != OrgKind.SALESFORCE:
        raise NothingToReconcile(f"{org.title} is Countersign itself; its ledger tells it all.")
    try:
        with transaction.atomic():
            run = Reconciliation.objects.create(
                state=RunState.RUNNING,
                org=org,
                cause=Cause.DEMAND,
                by_label=by.label,
                due_at=at + held_for,
                started_at=at,
            )
            _record_start(run, by, at)
    except IntegrityError as conflict:
        raise AlreadyRunning(f"{org.title} is being reconciled already; wait for it.") from conflict
    return run


def _begin(run_id: int, at: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            rows = Reconciliation.objects.filter(pk=run_id, state=RunState.SCHEDULED)
            run = (
                rows.select_for_update(skip_locked=True, of=("self",)).select_related("org").first()
            )
            if run is None:
                return False
            run.move(RunState.RUNNING, started_at=at, due_at=at)
            _record_start(run, CALENDAR, at)
    except IntegrityError:
        # Somebody asked for a run in this moment: the daily one waits for it.
        return False
    return True


def _record_start(run: Reconciliation, by: Actor, at: dt.datetime) -> None:
    ledger.record(
        event="reconciliation.started",
        by=by,
        at=at,
        subject_kind="reconciliation",
        subject_id=str(run.pk),
        detail={"org": run.org.slug, "cause": run.cause},
    )
