"""Reading commits and halts: for the worker's sweeps, for pages, for the gateway."""

import datetime as dt

from django.db.models import Q

from orchestrator.commits.models import Commit, DeadLetter, Halt
from orchestrator.commits.states import CommitState, HaltState, LetterKind

PAGE_SIZE = 50
# Counting stops here: the navigation shows "99+", and no page counts without a bound.
COUNT_LIMIT = 100
# A person is needed: refused for good, or reading back could not tell.
NEEDS_A_PERSON = Q(state=CommitState.FAILED) | Q(
    state=CommitState.UNKNOWN, finished_at__isnull=False
)
# What is written and merely not read back needs one only once that took too long.
LETTER_NEEDS_A_PERSON = Q(closed_at=None) & (
    ~Q(kind=LetterKind.UNREAD) | Q(escalated_at__isnull=False)
)


def orgs_with_work(*, at: dt.datetime) -> list[int]:
    """Return the orgs in which a commit is due."""
    rows = Commit.objects.filter(state=CommitState.QUEUED, due_at__lte=at)
    return list(rows.order_by("org").values_list("org", flat=True).distinct())


def failing_workflows() -> list[int]:
    """Return the workflow of each failure that needs a person, at most COUNT_LIMIT of them."""
    rows = DeadLetter.objects.filter(LETTER_NEEDS_A_PERSON).order_by()
    return list(rows.values_list("workflow", flat=True)[:COUNT_LIMIT])


def settling_workflows() -> list[int]:
    """Return the workflow of each outcome that reading back still settles, up to COUNT_LIMIT."""
    rows = Commit.objects.filter(state=CommitState.UNKNOWN, finished_at=None).order_by()
    return list(rows.values_list("proposal__workflow", flat=True)[:COUNT_LIMIT])


def halt_history(*, limit: int = PAGE_SIZE) -> list[Halt]:
    """Return the halts that were released, latest first."""
    return list(
        Halt.objects.filter(state=HaltState.RELEASED).order_by("-released_at", "-pk")[:limit]
    )


def commits_of(proposal_id: str) -> list[Commit]:
    """Return the commits of one proposal with their tries, oldest first."""
    rows = Commit.objects.filter(proposal=proposal_id).order_by("created_at", "pk")
    return list(rows.prefetch_related("tries"))
