"""SLA adherence: the share of reviews that people closed before they were due."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from approvals.models import Review
from approvals.states import ReviewState
from orchestrator.workflows.models import Workflow

DECIDED = (ReviewState.APPROVED, ReviewState.DENIED, ReviewState.SENT_BACK)
IN_TIME = Q(closed_at__lt=F("due_at"))
# What people decided, and what ran out. What was closed earlier because its proposal was withdrawn
# or revised says nothing about people.
COUNTED = Q(due_at__isnull=False) & (Q(state__in=DECIDED) | Q(closed_at__gte=F("due_at")))


@dataclass(frozen=True, slots=True)
class Window:
    """From when (included) until when (excluded) reviews were closed."""

    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Adherence:
    """How many reviews of a group were closed, and how many of them in time."""

    group: str
    closed: int
    in_time: int

    @property
    def late(self) -> int:
        """Return how many were closed too late, or not at all before they expired."""
        return self.closed - self.in_time

    @property
    def share(self) -> float | None:
        """Return the share that was in time; none where nothing was closed."""
        return self.in_time / self.closed if self.closed else None


def adherence(*, window: Window, workflow: Workflow | None = None) -> Adherence:
    """Return the adherence of one workflow, or of all."""
    counts = _closed(window, workflow).aggregate(
        closed=Count("pk"), in_time=Count("pk", filter=IN_TIME)
    )
    return Adherence("", counts["closed"], counts["in_time"])


def adherence_by_workflow(*, window: Window) -> list[Adherence]:
    """Return the adherence of every workflow with reviews in the window."""
    return _by(_closed(window, None), "workflow__title")


def adherence_by_role(*, window: Window, workflow: Workflow | None = None) -> list[Adherence]:
    """Return the adherence of every role with reviews in the window."""
    return _by(_closed(window, workflow), "role__title")


def adherence_by_stage(*, window: Window, workflow: Workflow) -> list[Adherence]:
    """Return the adherence of a workflow's first stages, second stages and so on."""
    return _by(_closed(window, workflow), "stage")


def overdue_now(*, workflow: Workflow, at: dt.datetime) -> int:
    """Return how many reviews of a workflow are open past their due time."""
    return Review.objects.filter(workflow=workflow, state=ReviewState.OPEN, due_at__lte=at).count()


def _closed(window: Window, workflow: Workflow | None) -> QuerySet[Review]:
    rows = Review.objects.filter(
        COUNTED, closed_at__gte=window.since, closed_at__lt=window.until
    ).order_by()
    return rows if workflow is None else rows.filter(workflow=workflow)


def _by(rows: QuerySet[Review], group: str) -> list[Adherence]:
    counted = (
        rows.values_list(group)
        .annotate(closed=Count("pk"), in_time=Count("pk", filter=IN_TIME))
        .order_by(group)
    )
    return [Adherence(str(name), closed, in_time) for name, closed, in_time in counted]
