"""The inbox: pages by key, so that their cost follows the page and not the backlog."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from approvals.desk import Desk
from approvals.models import Decision, Proposal, Review
from orchestrator.kernel.choices import Choices
from orchestrator.people.models import User

PAGE = 50
COUNT_LIMIT = 100
SEPARATOR = "~"


class Tab(Choices):
    MINE = "mine"
    TEAM = "team"
    ALL = "all"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; empty means everything."""

    workflow: str = ""
    agent: str = ""
    risk: str = ""
    # In the requester's title or the name of the record.
    text: str = ""

    def of_proposals(self, prefix: str = "") -> Q:
        """Return the condition, on proposals or on what points at them."""
        wanted = {"workflow__slug": self.workflow, "agent__slug": self.agent, "risk": self.risk}
        named = Q(**{f"{prefix}{name}": value for name, value in wanted.items() if value})
        if not self.text:
            return named
        columns = ("title", "headline__label")
        said = [Q(**{f"{prefix}{column}__icontains": self.text}) for column in columns]
        return named & (said[0] | said[1])


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the inbox."""

    proposal: Proposal
    # None on the decided tab.
    review: Review | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the inbox, and the key that the next one starts after."""

    rows: list[Row]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits, each capped at COUNT_LIMIT: an exact large number helps nobody."""

    by_name: Counter[str] = field(default_factory=Counter)
    # When the first of what waits for the person is due.
    next_due: dt.datetime | None = None

    @property
    def mine(self) -> int:
        """Return what waits for the person."""
        return self.by_name[Tab.MINE]

    @property
    def team(self) -> int:
        """Return what waits for the person's roles."""
        return self.by_name[Tab.TEAM]

    @property
    def everything(self) -> int:
        """Return what waits in the workflows that the person may see."""
        return self.by_name[Tab.ALL]

    @property
    def overdue(self) -> int:
        """Return what should have been decided by the person before now."""
        return self.by_name["overdue"]


def page(
    *,
    desk: Desk,
    tab: str,
    filters: Filters = EVERYTHING,
    after: str = "",
    size: int = PAGE,
) -> Page:
    """Return one page of a tab, most urgent first; the decided tab newest first."""
    if tab == Tab.DECIDED:
        return _decided(desk, filters, after, size)
    sources = {Tab.MINE: desk.mine, Tab.TEAM: desk.team, Tab.ALL: desk.everything}
    keys = _first_keys(sources[Tab(tab)](), filters.of_proposals("proposal__"), after, size)
    rows = {
        review.pk: review
        for review in Review.objects.filter(pk__in=[key for _, key in keys]).select_related(
            "proposal__workflow", "proposal__agent", "role", "assignee"
        )
    }
    shown = [rows[key] for _, key in keys[:size] if key in rows]
    return Page([Row(review.proposal, review) for review in shown], _after(keys, size))


def counts(*, desk: Desk, at: dt.datetime) -> Counts:
    """Return the numbers on the tabs, in one query."""
    named: list[tuple[str, Sequence[QuerySet[Review]]]] = [
        (Tab.MINE, desk.mine()),
        (Tab.TEAM, desk.team()),
        (Tab.ALL, desk.everything()),
        ("overdue", [source.filter(due_at__lte=at) for source in desk.mine()]),
    ]
    return _count(named)


def decided_since(*, person: User, since: dt.datetime) -> int:
    """Return how many votes the person has cast since then, capped."""
    votes = Decision.objects.filter(person=person, at__gte=since).order_by("-at")
    return len(votes.values_list("pk")[:COUNT_LIMIT])


def key_of(review: Review) -> str:
    """Return the key of a review in the lists that are sorted by what is due."""
    due_at = review.due_at.isoformat() if review.due_at else ""
    return f"{due_at}{SEPARATOR}{review.pk}"


def waiting_for(desk: Desk) -> int:
    """Return how much waits for the person, capped: the number in the navigation."""
    return _count([(Tab.MINE, desk.mine())]).mine


def _count(named: Sequence[tuple[str, Sequence[QuerySet[Review]]]]) -> Counts:
    parts: list[QuerySet[Any, Any]] = [
        source.order_by("due_at", "pk")
        .annotate(tag=Value(name))
        .values_list("tag", "due_at")[:COUNT_LIMIT]
        for name, sources in named
        for source in sources
    ]
    rows = list(_union(parts)) if parts else []
    found = Counter(tag for tag, _ in rows)
    return Counts(
        Counter({name: min(count, COUNT_LIMIT) for name, count in found.items()}),
        next_due=min((due_at for tag, due_at in rows if tag == Tab.MINE), default=None),
    )


def _first_keys(
    sources: Sequence[QuerySet[Review]], wanted: Q, after: str, size: int
) -> list[tuple[dt.datetime, str]]:
    """Return the first keys of several ordered sources, each read from its own index."""
    start = _parse(after)
    parts = []
    for source in sources:
        rows = source.filter(wanted)
        if start is not None:
            due_at, key = start
            rows = rows.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=key)).filter(
                due_at__gte=due_at
            )
        parts.append(rows.order_by("due_at", "pk").values_list("due_at", "pk")[: size + 1])
    if not parts:
        return []
    return sorted(_union(parts))[: size + 1]


def _union(parts: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    return parts[0] if len(parts) == 1 else parts[0].union(*parts[1:], all=True)


def _decided(desk: Desk, filters: Filters, after: str, size: int) -> Page:
    ended = (
        Proposal.objects.filter(
            Q(closed_at__isnull=False) | Q(approved_at__isnull=False),
            filters.of_proposals(),
            workflow__in=desk.workflows,
        )
        .annotate(ended_at=Coalesce("closed_at", "approved_at"))
        .select_related("workflow", "agent")
        .order_by(F("ended_at").desc(), F("id").desc())
    )
    start = _parse(after)
    if start is not None:
        ended_at, key = start
        ended = ended.filter(Q(ended_at__lt=ended_at) | Q(ended_at=ended_at, pk__lt=key))
    found = list(ended[: size + 1])
    keys = [(each.closed_at or each.approved_at, each.pk) for each in found]
    return Page([Row(proposal, None) for proposal in found[:size]], _after(keys, size))


def _after(keys: Sequence[tuple[dt.datetime | None, str]], size: int) -> str:
    if len(keys) <= size:
        return ""
    moment, key = keys[size - 1]
    return f"{moment.isoformat() if moment else ''}{SEPARATOR}{key}"


def _parse(after: str) -> tuple[dt.datetime, str] | None:
    """Return the key in an address, or None for the first page and for nonsense."""
    moment, separator, key = after.partition(SEPARATOR)
    if "\x00" in key:
        return None
    try:
        parsed = dt.datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (parsed, key) if separator and key and parsed.tzinfo else None
