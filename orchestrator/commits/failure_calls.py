"""
Calling somebody about failures that nobody dealt with in time: once a cause, however many.

A page is about everything overdue of one cause in one workflow. What becomes overdue while it is
open joins it without calling anybody else; it ends when nothing of it waits any more.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Count, Min

from orchestrator.commits.causes import cause_of
from orchestrator.commits.models import DeadLetter
from orchestrator.commits.states import LetterKind
from orchestrator.paging import paging, queries
from orchestrator.paging.subjects import FAILURE, PageSubject
from orchestrator.people.models import Role

OPS_OWNER = "ops-owner"
WHY = {
    LetterKind.FAILED: "changes could not be written, and nobody dealt with it in time",
    LetterKind.UNKNOWN: "nobody knows whether changes were written, and nobody found out in time",
    LetterKind.UNREAD: "changes were written and cannot be read back",
}
SETTLED = "Dealt with: nothing of it is overdue any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Everything overdue of one kind and cause in one workflow."""

    workflow: str
    kind: str
    cause: str
    count: int
    oldest: int

    @property
    def id(self) -> str:
        """Return what a page knows the matter by."""
        return f"{self.workflow}:{self.kind}:{self.cause}"

    @property
    def title(self) -> str:
        """Return how many there are and what is behind them."""
        words = cause_of(self.cause, kind=self.kind).title
        return words if self.count == 1 else f"{self.count} changes: {words}"

    def subject(self) -> PageSubject:
        """Return what people are called about."""
        narrowed = urlencode({"workflow": self.workflow, "cause": self.cause, "tab": self.kind})
        return PageSubject(
            kind=FAILURE,
            id=self.id,
            title=self.title,
            path=f"/failures/?{narrowed}",
            workflow=self.workflow,
        )


@transaction.atomic
def call(letters: Iterable[DeadLetter], *, at: dt.datetime) -> int:
    """Call the ops owner on call about what has just become overdue; return for how many causes."""
    keys = {(each.workflow_id, each.kind, each.cause) for each in letters}
    role = Role.objects.filter(slug=OPS_OWNER).first()
    if role is None or not keys:
        return 0
    called = 0
    for workflow_id, kind, cause in sorted(keys):
        for matter in _overdue(workflow=workflow_id, kind=kind, cause=cause):
            called += _call_about(matter, role, at)
    return called


def settle(*, at: dt.datetime) -> int:
    """End the pages whose failures are dealt with, count anew in the others, call where none is."""
    known = queries.open_subjects(FAILURE)
    overdue = {matter.id: matter for matter in _overdue()}
    _call_where_nobody_is([overdue[each] for each in sorted(overdue.keys() - known)], at)
    if not known:
        return 0
    for subject_id in known & overdue.keys():
        matter = overdue[subject_id]
        paging.reword(subject_kind=FAILURE, subject_id=matter.id, title=matter.title)
    over = known - overdue.keys()
    return paging.resolve(subject_kind=FAILURE, subject_ids=over, words=SETTLED, at=at)


def _call_about(matter: Matter, role: Role, at: dt.datetime) -> bool:
    if paging.reword(subject_kind=FAILURE, subject_id=matter.id, title=matter.title):
        return False
    # Named for the oldest: two sweeps that meet the same cause at once take the same step.
    step = f"overdue:{matter.oldest}"
    subject = matter.subject()
    why = WHY[LetterKind(matter.kind)]
    return paging.page(subject=subject, role=role, why=why, step=step, at=at) is not None


def _call_where_nobody_is(matters: list[Matter], at: dt.datetime) -> None:
    """Call about what joined a page at the very moment at which that page ended."""
    for role in Role.objects.filter(slug=OPS_OWNER) if matters else ():
        for matter in matters:
            _call_about(matter, role, at)


def _overdue(**narrowed: object) -> list[Matter]:
    rows = (
        DeadLetter.objects.filter(closed_at=None, escalated_at__isnull=False, **narrowed)
        .values("workflow__slug", "kind", "cause")
        .annotate(count=Count("pk"), oldest=Min("pk"))
        .order_by("workflow__slug", "kind", "cause")
    )
    return [
        Matter(
            workflow=row["workflow__slug"],
            kind=row["kind"],
            cause=row["cause"],
            count=row["count"],
            oldest=row["oldest"],
        )
        for row in rows
    ]
