"""Reading runs and findings."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from orchestrator.reconciliation.models import Finding, Reconciliation
from orchestrator.reconciliation.states import RunState

PAGE_SIZE = 50
TREND = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which findings a reader asks for; empty means all."""

    kind: str = ""
    object_name: str = ""
    field: str = ""
    workflow: str = ""
    reverted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of findings by kind, and the place after which the next one begins."""

    findings: Sequence[Finding]
    next_after: str


def run_of(run_id: int, *, org_ids: Collection[int]) -> Reconciliation | None:
    """Return one run that has begun, if it is of one of these orgs."""
    rows = Reconciliation.objects.filter(pk=run_id, org__in=org_ids, started_at__isnull=False)
    return rows.select_related("org").first()


def recent_runs(org_id: int) -> list[Reconciliation]:
    """Return the latest runs of an org that have begun, latest first."""
    rows = Reconciliation.objects.filter(org=org_id, started_at__isnull=False)
    return list(rows.select_related("org").order_by("-id")[:TREND])


def next_run(org_id: int) -> Reconciliation | None:
    """Return the org's next daily run."""
    return Reconciliation.objects.filter(org=org_id, state=RunState.SCHEDULED).first()


def sees_all(run: Reconciliation, *, workflow_ids: Collection[int]) -> bool:
    """Say whether every finding of the run is of one of these workflows."""
    hidden = Finding.objects.filter(run=run).exclude(workflow__in=workflow_ids)
    return not hidden.exists()


def findings(
    run: Reconciliation, *, workflow_ids: Collection[int], filters: Filters, after: str = ""
) -> Page:
    """Return one page of a run's findings in these workflows, by kind."""
    rows = _filtered(run, workflow_ids, filters)
    if after:
        kind, _, number = after.rpartition("-")
        rows = rows.filter(Q(kind__gt=kind) | Q(kind=kind, pk__gt=int(number)))
    shown = rows.select_related("proposal", "workflow").order_by("kind", "pk")
    found = list(shown[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    last = found[PAGE_SIZE - 1] if more else None
    return Page(found[:PAGE_SIZE], f"{last.kind}-{last.pk}" if last else "")


def every_finding(
    run: Reconciliation, *, workflow_ids: Collection[int], filters: Filters
) -> Iterator[Finding]:
    """Yield all of a run's findings in these workflows, by kind, without holding them."""
    rows = _filtered(run, workflow_ids, filters).select_related("workflow")
    return rows.order_by("kind", "pk").iterator(chunk_size=1000)


def _filtered(
    run: Reconciliation, workflow_ids: Collection[int], filters: Filters
) -> QuerySet[Finding]:
    rows = Finding.objects.filter(run=run, workflow__in=workflow_ids)
    wanted = {
        "kind": filters.kind,
        "object_name": filters.object_name,
        "field": filters.field,
        "workflow__slug": filters.workflow,
        "reverted_by_hand": filters.reverted,
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value})
