"""What waits, by what is alike: each group once, as soon as the first of it is due."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from approvals import inbox
from approvals import sources as lists
from approvals.desk import Desk
from approvals.filters import EVERYTHING, Filters
from approvals.models import Proposal, Review
from approvals.sources import Key
from approvals.states import ReviewState, Risk

PAGE = 25
# How many of a group are counted.
COUNT_LIMIT = 100
COLUMNS = {
    "review_id": F("pk"),
    "level": F("proposal__risk"),
    "agent_title": F("agent__title"),
    "asked_by": F("proposal__requester_label"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is alike: how much of it waits, from whom, until when, at what risk."""

    key: str
    # One of them, which says what all of them are.
    first: Proposal
    count: int
    agents: tuple[str, ...]
    due_at: dt.datetime | None
    opened_at: dt.datetime | None
    # How many of each risk, the highest first.
    risks: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One page of groups, and the key that the next one starts after."""

    groups: list[Group]
    after: str = ""
    looked_in_part: bool = False


def groups(
    *, desk: Desk, tab: str, filters: Filters = EVERYTHING, after: str = "", size: int = PAGE
) -> GroupPage:
    """Return one page of groups, the one that is due first on top; three queries."""
    start = inbox.key_in(after)
    found, rows = inbox.looked_at(desk=desk, tab=tab, filters=filters, after=start, wide=True)
    if not found.keys:
        return GroupPage([])
    if start is not None:
        rows = rows.filter(~_shown_before(desk, tab, filters, start))
    alike = Window(RowNumber(), partition_by="group_key", order_by=("due_at", "pk"))
    firsts = list(
        found.fitting(rows, size=len(found.keys))
        .annotate(place=alike)
        .filter(place=1)
        .select_related("proposal__workflow")
        .order_by("due_at", "pk")[: size + 1]
    )
    made = _described(desk, tab, filters, firsts[:size])
    if len(firsts) > size:
        last = firsts[size - 1]
        return GroupPage(made, inbox.key_of(last))
    if found.more:
        return GroupPage(made, inbox.in_address(found.keys[-1]), looked_in_part=True)
    return GroupPage(made)


def _shown_before(desk: Desk, tab: str, filters: Filters, after: Key) -> Exists:
    """Return the condition that a review's group stood on an earlier page, where its first is."""
    given = lists.conditions(inbox.sources_of(desk, tab, EVERYTHING))
    before = Q(due_at__lt=after.moment) | Q(due_at=after.moment, pk__lte=after.id)
    alike = Review.objects.filter(given, filters.of_reviews(), before, state=ReviewState.OPEN)
    return Exists(alike.filter(group_key=OuterRef("group_key")))


def _described(desk: Desk, tab: str, filters: Filters, firsts: Sequence[Review]) -> list[Group]:
    """Return the groups with all that is counted of them."""
    if not firsts:
        return []
    given = inbox.sources_of(desk, tab, EVERYTHING)
    [source] = lists.driven_by(
        given, column="group_key", values=[review.group_key for review in firsts]
    )
    source = replace(source, wanted=source.wanted & filters.of_reviews())
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for key, moment, columns in lists.first_rows(
        source, COLUMNS, until=filters.due_before, depth=COUNT_LIMIT + 1
    ):
        rows.setdefault(key, []).append((moment, *columns))
    return [_group(review, rows[review.group_key]) for review in firsts if review.group_key in rows]


def _group(first: Review, rows: Sequence[tuple[Any, ...]]) -> Group:
    risks = Counter(level for _, _, level, *_ in rows)
    agents = dict.fromkeys(agent or asked_by for *_, agent, asked_by in rows)
    return Group(
        key=first.group_key,
        first=first.proposal,
        count=len(rows),
        agents=tuple(agents),
        due_at=first.due_at,
        opened_at=first.opened_at,
        risks=tuple((str(risk), risks[risk]) for risk in reversed(Risk) if risks[risk]),
    )
