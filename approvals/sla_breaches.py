"""Time that ran out is remembered once: on the review, and in the ledger."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Q

from approvals.models import Review
from approvals.states import ReviewState
from audit import ledger
from audit.ledger import NewEntry
from orchestrator.kernel.actors import system

SLA = system("sla")
BATCH = 500
# What is still open, and what was closed too late before anybody looked: the partial index.
LATE = Q(breached_at=None) & (Q(state=ReviewState.OPEN) | Q(closed_at__gte=F("due_at")))


def record_breaches(*, at: dt.datetime) -> int:
    """Record every review whose due time has passed and that is not recorded yet."""
    total = 0
    while True:
        count = _record_batch(at)
        total += count
        if count < BATCH:
            return total


@transaction.atomic
def _record_batch(at: dt.datetime) -> int:
    """Several sweeps may run: each takes what no other one holds, and marks it for good."""
    late = list(
        Review.objects.filter(LATE, due_at__lte=at)
        .order_by("due_at")
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("role", "proposal__workflow", "proposal__agent")[:BATCH]
    )
    if late:
        Review.objects.filter(pk__in=[review.pk for review in late]).update(breached_at=at)
        ledger.append(_entries(late, at))
    return len(late)


def _entries(late: Sequence[Review], at: dt.datetime) -> list[NewEntry]:
    return [
        NewEntry(
            event="review.overdue",
            by=SLA,
            at=at,
            detail={
                "stage": review.stage,
                "role": review.role.slug,
                "due_at": review.due_at.isoformat() if review.due_at else None,
                "within": review.policy.get("sla", {}).get("within", ""),
            },
            **review.proposal.subject(),
        )
        for review in late
    ]
