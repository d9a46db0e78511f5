"""Agreement in observe mode: what agents proposed against what people did. See docs/measures.md."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet

from orchestrator.observation.models import Observation
from orchestrator.observation.states import ObservationState, Result
from orchestrator.workflows.models import Workflow

BY = {
    "version": "proposal__version__number",
    "agent": "proposal__agent__title",
    "action": "proposal__action",
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many proposals came to each result."""

    agreed: int = 0
    partly: int = 0
    differed: int = 0
    untouched: int = 0
    # Gone, already so, or nothing to compare: beside the rate, like the untouched.
    other: int = 0

    @property
    def compared(self) -> int:
        """Return how many proposals people's doings can be compared with."""
        return self.agreed + self.partly + self.differed

    @property
    def share(self) -> float | None:
        """Return the agreement rate; None where nothing can be compared."""
        return self.agreed / self.compared if self.compared else None


def agreement(*, workflow: Workflow, since: dt.datetime, until: dt.datetime) -> Agreement:
    """Return how the proposals scored within `[since, until)` agree with what people did."""
    rows = _scored(workflow, since, until).values("result").annotate(count=Count("pk"))
    return _of((row["result"], row["count"]) for row in rows)


def agreement_by(
    part: str, *, workflow: Workflow, since: dt.datetime, until: dt.datetime
) -> dict[str, Agreement]:
    """Return the agreement by "version", "agent" or "action", by its name."""
    rows = _scored(workflow, since, until).values("result", part=F(BY[part]))
    counts: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows.annotate(count=Count("pk")).order_by("part"):
        counts[str(row["part"] or "")].append((row["result"], row["count"]))
    return {name: _of(found) for name, found in counts.items()}


def _scored(workflow: Workflow, since: dt.datetime, until: dt.datetime) -> QuerySet[Observation]:
    return Observation.objects.filter(
        workflow=workflow,
        state=ObservationState.SCORED,
        scored_at__gte=since,
        scored_at__lt=until,
    )


def _of(counts: Iterable[tuple[str, int]]) -> Agreement:
    found = dict(counts)
    rest = (Result.GONE, Result.ALREADY_SO, Result.NOT_COMPARABLE)
    return Agreement(
        agreed=found.get(Result.AGREED, 0),
        partly=found.get(Result.PARTLY, 0),
        differed=found.get(Result.DIFFERED, 0),
        untouched=found.get(Result.UNTOUCHED, 0),
        other=sum(found.get(each, 0) for each in rest),
    )
