"""Bulk decisions as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from approvals import lines
from approvals.eligibility import Line as Judged
from approvals.inbox import Row
from approvals.lines import Line
from approvals.models import BulkDecision, BulkItem
from approvals.states import BulkItemState

MOST_SHOWN = 200
# Between a proposal and its digest.
BETWEEN = "~"


@dataclass(frozen=True, slots=True)
class PreflightLine:
    """One chosen proposal before the decision."""

    token: str
    # None where the person may not know of it.
    line: Line | None
    objection: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One proposal of a bulk decision and its result."""

    item: BulkItem
    label: str


def preflight_lines(judged: Iterable[Judged]) -> list[PreflightLine]:
    """Return what the pre-flight table says."""
    return [
        PreflightLine(
            token=BETWEEN.join(each.chosen),
            line=lines.lines([Row(each.proposal, each.review)])[0] if each.proposal else None,
            objection=each.objection.text if each.objection else "",
        )
        for each in judged
    ]


def item_lines(bulk: BulkDecision) -> list[ItemLine]:
    """Return the items of a bulk decision, what was left out first, MOST_SHOWN at most."""
    rank = Case(
        When(state=BulkItemState.REFUSED, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = BulkItem.objects.filter(bulk=bulk).select_related("proposal").order_by(rank, "position")
    return [ItemLine(row, lines.label_of(row.proposal)) for row in rows[:MOST_SHOWN]]
