"""Reading commits and halts: for the worker's sweeps, for pages, for the gateway."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q

from orchestrator.commits.models import Commit, Halt
from orchestrator.commits.states import CommitState, HaltState

PAGE_SIZE = 50
# Counting stops here: the navigation shows "99+", and no page counts without a bound.
COUNT_LIMIT = 100
# A person is needed: refused for good, or reading back could not tell.
NEEDS_A_PERSON = Q(state=CommitState.FAILED) | Q(
    state=CommitState.UNKNOWN, finished_at__isnull=False
)
FAILURES = Q(state__in=[CommitState.FAILED, CommitState.UNKNOWN])


@dataclass(frozen=True, slots=True)
class Page:
    """A page of commits, latest first, and where the next one begins."""

    commits: Sequence[Commit]
    next_before: str


def orgs_with_work(*, at: dt.datetime) -> list[int]:
    """Return the orgs in which a commit is due."""
    rows = Commit.objects.filter(state=CommitState.QUEUED, due_at__lte=at)
    return list(rows.order_by("org").values_list("org", flat=True).distinct())


def failures(
    *, workflow_ids: Collection[int], state: str = "", before: str = "", limit: int = PAGE_SIZE
) -> Page:
    """Return the failed and unknown commits of these workflows, latest first."""
    rows = Commit.objects.filter(FAILURES, proposal__workflow__in=workflow_ids)
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(
        rows.order_by("-pk")
        .select_related("proposal__workflow", "proposal__agent", "org")
        .prefetch_related("revision__changes")[: limit + 1]
    )
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].pk if more else "")


def failing_workflows() -> list[int]:
    """Return the workflow of each commit that needs a person, at most COUNT_LIMIT of them."""
    rows = Commit.objects.filter(NEEDS_A_PERSON).order_by()
    return list(rows.values_list("proposal__workflow", flat=True)[:COUNT_LIMIT])


def halt_history(*, limit: int = PAGE_SIZE) -> list[Halt]:
    """Return the halts that were released, latest first."""
    return list(Halt.objects.filter(state=HaltState.RELEASED).order_by("-released_at")[:limit])


def commits_of(proposal_id: str) -> list[Commit]:
    """Return the commits of one proposal with their tries, oldest first."""
    rows = Commit.objects.filter(proposal=proposal_id).order_by("created_at")
    return list(rows.prefetch_related("tries"))
