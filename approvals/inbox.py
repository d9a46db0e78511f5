"""The inbox: pages by key, so that their cost follows the page and not the backlog."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Value

from approvals import sources as lists
from approvals.desk import Desk
from approvals.filters import EVERYTHING, Filters
from approvals.models import Decision, Proposal, Review
from approvals.sources import Key, Source
from approvals.states import ReviewState
from approvals.visibility import mask_rows
from orchestrator.kernel.choices import Choices
from orchestrator.people.models import User

PAGE = 50
COUNT_LIMIT = 100
# How many rows are looked at for one page: with filters more, because few of them may fit.
NARROW, WIDE = 192, 2_000
# How many of each role's reviews are looked at for what is due next.
NEXT_DEPTH = 4
COUNT_DEPTH = 400
SEPARATOR = "~"
NEXT, DECIDED = "next", "decided today"
BESIDE_REVIEWS = ("proposal__workflow", "proposal__agent", "role", "assignee")


class Tab(Choices):
    MINE = "mine"
    TEAM = "team"
    ALL = "all"
    REQUESTS = "requests"
    DECIDED = "decided"


# The tabs of what is open, with a count and sorted by what is due.
OPEN_TABS = (Tab.MINE, Tab.TEAM, Tab.ALL)
# A part of a statement, and what it is asked with.
Part = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the inbox."""

    proposal: Proposal
    # None on the tabs of what was decided or asked for.
    review: Review | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the inbox, and the key that the next one starts after."""

    rows: list[Row]
    after: str = ""
    # It ends where we stopped looking, not where the page was full.
    looked_in_part: bool = False


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

    @property
    def decided(self) -> int:
        """Return how many votes the person has cast today."""
        return self.by_name[DECIDED]


def page(
    *,
    desk: Desk,
    tab: str,
    filters: Filters = EVERYTHING,
    after: str = "",
    size: int = PAGE,
) -> Page:
    """Return one page of a tab, most urgent first; what was decided or asked for newest first."""
    start = key_in(after)
    if tab not in OPEN_TABS:
        return _of_proposals(desk, tab, filters, start, size)
    few = _by_words(desk, tab, filters, start, size) if filters.text else None
    if few is not None:
        found, reviews = lists.Window(), few
    else:
        found, rows = looked_at(desk=desk, tab=tab, filters=filters, after=start)
        fitting = found.fitting(rows, size=size + 1).select_related(*BESIDE_REVIEWS)
        reviews = list(fitting.order_by("due_at", "pk")) if found.keys else []
    keys = [Key(review.due_at, review.pk) for review in reviews if review.due_at is not None]
    return _page(desk, [Row(review.proposal, review) for review in reviews], keys, found, size)


def sources_of(desk: Desk, tab: str, filters: Filters) -> list[Source]:
    """Return where a tab's open reviews come from: the index that narrows them best."""
    given = {Tab.MINE: desk.mine, Tab.TEAM: desk.team, Tab.ALL: desk.everything}[Tab(tab)]()
    drivers = {
        "group_key": filters.group,
        "agent": filters.agent_id,
        "workflow": filters.workflow_id,
    }
    for column, value in drivers.items():
        if value:
            return lists.driven_by(given, column=column, values=[value])
    return given


def counts(*, desk: Desk, at: dt.datetime, today: dt.datetime | None = None) -> Counts:
    """Return the numbers on the tabs, and what the person has decided today, in one query."""
    mine = desk.mine()
    tabs = {Tab.MINE: mine, Tab.TEAM: desk.team(), Tab.ALL: desk.everything()}
    parts = [
        *(
            lists.moments(name, given, depth=COUNT_DEPTH, limit=COUNT_LIMIT)
            for name, given in tabs.items()
        ),
        lists.moments("overdue", mine, until=at, depth=COUNT_DEPTH, limit=COUNT_LIMIT),
        lists.first_moment(NEXT, mine, depth=NEXT_DEPTH),
        _decided_since(desk.person, today) if today else None,
    ]
    return _count(parts)


def key_of(review: Review) -> str:
    """Return the key of a review in the lists that are sorted by what is due."""
    due_at = review.due_at.isoformat() if review.due_at else ""
    return f"{due_at}{SEPARATOR}{review.pk}"


def waiting_for(desk: Desk) -> int:
    """Return how much waits for the person, capped: the number in the navigation."""
    return _count([lists.moments(Tab.MINE, desk.mine(), depth=COUNT_DEPTH, limit=COUNT_LIMIT)]).mine


def key_in(after: str) -> Key | None:
    """Return the key in an address, or None for the first page and for nonsense."""
    moment, separator, key = after.partition(SEPARATOR)
    if "\x00" in key:
        return None
    try:
        parsed = dt.datetime.fromisoformat(moment)
    except ValueError:
        return None
    return Key(parsed, key) if separator and key and parsed.tzinfo else None


def looked_at(
    *, desk: Desk, tab: str, filters: Filters, after: Key | None, wide: bool = False
) -> tuple[lists.Window, QuerySet[Review]]:
    """Return the next keys of an open tab, and the rows that the filters leave."""
    found = lists.window(
        sources_of(desk, tab, filters),
        after=after,
        until=filters.due_before,
        size=WIDE if wide or filters.rare else NARROW,
    )
    return found, Review.objects.filter(filters.of_reviews())


def _by_words(
    desk: Desk, tab: str, filters: Filters, after: Key | None, size: int
) -> list[Review] | None:
    """Return what has these words wherever it stands in the list; None where many have them."""
    few = filters.found_by_words()
    given = sources_of(desk, tab, EVERYTHING)
    if few is None or not given:
        return None
    rows = Review.objects.filter(
        filters.of_reviews(), lists.conditions(given), state=ReviewState.OPEN, proposal__in=few
    )
    if filters.due_before is not None:
        rows = rows.filter(due_at__lte=filters.due_before)
    if after is not None:
        rows = rows.filter(Q(due_at__gt=after.moment) | Q(due_at=after.moment, pk__gt=after.id))
    return list(rows.select_related(*BESIDE_REVIEWS).order_by("due_at", "pk")[: size + 1])


def _of_proposals(desk: Desk, tab: str, filters: Filters, after: Key | None, size: int) -> Page:
    given = desk.decided() if tab == Tab.DECIDED else desk.requests()
    if filters.workflow_id and given:
        given = lists.driven_by(given, column="workflow", values=[filters.workflow_id])
    found = lists.window(given, after=after, size=WIDE if filters.rare else NARROW)
    fitting = (
        found.fitting(Proposal.objects.filter(filters.of_proposals()), size=size + 1)
        .annotate(moment=given[0].moment)
        .select_related("workflow", "agent")
        .order_by("-moment", "-pk")
    )
    proposals = list(fitting) if found.keys else []
    keys = [Key(each.moment, each.pk) for each in proposals]
    return _page(desk, [Row(each, None) for each in proposals], keys, found, size)


def _page(desk: Desk, rows: list[Row], keys: Sequence[Key], found: lists.Window, size: int) -> Page:
    mask_rows(person=desk.person, proposals=[row.proposal for row in rows])
    if len(rows) > size:
        return Page(rows[:size], in_address(keys[size - 1]))
    if found.more:
        return Page(rows, in_address(found.keys[-1]), looked_in_part=True)
    return Page(rows)


def in_address(key: Key) -> str:
    """Return a key as it stands in an address."""
    return f"{key.moment.isoformat()}{SEPARATOR}{key.id}"


def _decided_since(person: User, since: dt.datetime) -> Part:
    votes = Decision.objects.filter(person=person, at__gte=since).order_by("-at")
    tagged = votes.annotate(tag=Value(DECIDED)).values_list("tag", "at")[:COUNT_LIMIT]
    sql, arguments = tagged.query.sql_with_params()
    return f"({sql})", list(arguments)


def _count(parts: Sequence[Part | None]) -> Counts:
    alive = [part for part in parts if part is not None]
    if not alive:
        return Counts()
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(sql for sql, _ in alive),
            [each for _, given in alive for each in given],
        )
        rows = cursor.fetchall()
    found = Counter(tag for tag, _ in rows if tag != NEXT)
    return Counts(found, next_due=next((moment for tag, moment in rows if tag == NEXT), None))
