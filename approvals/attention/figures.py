"""How often approvals came too soon: for oneself, and for a workflow's owners."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from approvals.models import Decision, Revision
from approvals.states import RevisionCause, Vote
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow

DAYS = 30


@dataclass(frozen=True, slots=True)
class Share:
    """Of so many approvals: how many came too soon, and of how many nobody knows the time."""

    # Whose, or in which workflow.
    title: str
    approvals: int
    timed: int
    too_fast: int

    @property
    def unknown(self) -> int:
        """Return how many came by a way that does not say when the change was shown."""
        return self.approvals - self.timed

    @property
    def share(self) -> float | None:
        """Return which part of those whose time is known came too soon."""
        return self.too_fast / self.timed if self.timed else None


def of_person(person: User, *, until: dt.datetime, days: int = DAYS) -> list[Share]:
    """Return a person's own figures by workflow, in the order of its titles."""
    own = _approvals(until, days).filter(person=person)
    return _shares(own, "review__workflow__title")


def of_workflow(workflow: Workflow, *, until: dt.datetime, days: int = DAYS) -> list[Share]:
    """Return a workflow's figures by person, in the order of their names: it is no ranking."""
    cast = _approvals(until, days).filter(review__workflow=workflow)
    return _shares(cast, "person__first_name", "person__last_name", "person__username")


def together(title: str, shares: Sequence[Share]) -> Share:
    """Return the sum of several figures."""
    return Share(
        title,
        sum(each.approvals for each in shares),
        sum(each.timed for each in shares),
        sum(each.too_fast for each in shares),
    )


def _approvals(until: dt.datetime, days: int) -> QuerySet[Decision]:
    """Return the approvals of so many days that their people did not take back at once."""
    undone = Revision.objects.filter(
        proposal=OuterRef("revision__proposal"),
        number=OuterRef("revision__number") + 1,
        cause=RevisionCause.UNDONE,
    )
    since = until - dt.timedelta(days=days)
    return Decision.objects.filter(~Exists(undone), vote=Vote.APPROVE, at__gt=since, at__lte=until)


def _shares(cast: QuerySet[Decision], *named: str) -> list[Share]:
    rows = (
        cast.order_by(*named)
        .values(*named)
        .annotate(
            approvals=Count("pk"),
            timed=Count("pace"),
            fast=Count("pace", filter=Q(pace__too_fast=True)),
        )
    )
    return [Share(_title(row, named), row["approvals"], row["timed"], row["fast"]) for row in rows]


def _title(row: dict[str, Any], named: Sequence[str]) -> str:
    *names, last = (str(row[name]) for name in named)
    return " ".join(each for each in names if each) or last
