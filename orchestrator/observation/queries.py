"""Reading observations."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.observation.models import Observation
from orchestrator.observation.states import ObservationState
from orchestrator.workflows.models import Workflow

PAGE_SIZE = 50
# Counting stops here: no page counts without a bound.
COUNT_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which observations a reader asks for; empty means all."""

    result: str = ""
    action: str = ""
    agent: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of observations, latest first, and where the next one begins."""

    observations: Sequence[Observation]
    next_before: str


def observations(*, workflow: Workflow, filters: Filters, before: str = "") -> Page:
    """Return a page of the workflow's observations, latest proposal first."""
    rows = Observation.objects.filter(workflow=workflow)
    if filters.result == ObservationState.WATCHING:
        rows = rows.filter(state=ObservationState.WATCHING)
    elif filters.result:
        rows = rows.filter(result=filters.result)
    wanted = {
        "proposal__action": filters.action,
        "proposal__agent__slug": filters.agent,
        "proposal__version__number": filters.version,
        "proposal__lt": before,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    shown = rows.select_related("proposal__agent", "proposal__version").order_by("-proposal")
    found = list(shown[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    return Page(found[:PAGE_SIZE], found[PAGE_SIZE - 1].pk if more else "")


def watched(workflow: Workflow) -> int:
    """Return how many of the workflow's proposals are being watched, up to a bound."""
    rows = Observation.objects.filter(workflow=workflow, state=ObservationState.WATCHING)
    return rows[:COUNT_LIMIT].count()
