"""Bulk decisions as people read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from approvals import lines
from approvals.eligibility import Line as Judged
from approvals.inbox import Row
from approvals.lines import Line
from approvals.models import BulkDecision, BulkItem
from approvals.states import BulkItemState
from approvals.visibility import mask_rows
from orchestrator.people.models import User

MOST_SHOWN = 200
# Bulk decisions on one page of a person's list.
PAGE = 20
# Between a proposal and its digest.
BETWEEN = "~"
# What an objection's code is called over the lines that it keeps out.
REASONS = {
    "high_risk": "High risk",
    "not_what_you_saw": "Changed since you chose",
    "not_open": "No longer open",
    "deadline_passed": "Too late",
    "own_proposal": "Your own, or of somebody you stand in for",
    "not_allowed": "Not yours to decide",
    "cannot_see_all": "Not all of it is yours to see",
    "already_voted": "You have voted",
    "text_needed": "Needs a sentence of its own",
    "conflict": "Another proposal changes the same field",
    "record_moved": "The record was written to since",
    "not_found": "Not there, or not yours to see",
}


@dataclass(frozen=True, slots=True)
class PreflightLine:
    """One chosen proposal before the decision."""

    token: str
    # None where the person may not know of it.
    line: Line | None
    objection: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is left out for one reason."""

    reason: str
    lines: Sequence[PreflightLine]


@dataclass(frozen=True, slots=True)
class Preflight:
    """What can be decided at once, and what not, by reason, the most frequent first."""

    good: Sequence[PreflightLine]
    left_out: Sequence[LeftOut]

    @property
    def chosen(self) -> int:
        """Return how many were chosen."""
        return len(self.good) + self.without

    @property
    def without(self) -> int:
        """Return how many are left out."""
        return sum(len(each.lines) for each in self.left_out)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One proposal of a bulk decision and its result."""

    item: BulkItem
    label: str


def preflight_page(judged: Iterable[Judged], *, person: User) -> Preflight:
    """Return what the pre-flight tables say to this person, who sees no value that is kept."""
    listed = list(judged)
    mask_rows(person=person, proposals=[each.proposal for each in listed if each.proposal])
    good: list[PreflightLine] = []
    left_out: dict[str, list[PreflightLine]] = {}
    for each in listed:
        line = PreflightLine(
            token=BETWEEN.join(each.chosen),
            line=lines.lines([Row(each.proposal, each.review)])[0] if each.proposal else None,
            objection=each.objection.text if each.objection else "",
        )
        if each.objection is None:
            good.append(line)
        else:
            left_out.setdefault(REASONS[each.objection.code], []).append(line)
    ranked = sorted(left_out.items(), key=lambda item: (-len(item[1]), item[0]))
    return Preflight(good, [LeftOut(reason, found) for reason, found in ranked])


def item_lines(
    bulk: BulkDecision, *, person: User, most: int | None = MOST_SHOWN
) -> list[ItemLine]:
    """Return the items of a bulk decision, what was left out first, `most` at most."""
    rank = Case(
        When(state=BulkItemState.REFUSED, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    found = BulkItem.objects.filter(bulk=bulk).select_related("proposal__workflow")
    rows = list(found.order_by(rank, "position")[:most])
    mask_rows(person=person, proposals=[row.proposal for row in rows])
    return [ItemLine(row, lines.label_of(row.proposal)) for row in rows]


def bulks_of(person: User, *, before: str = "") -> QuerySet[BulkDecision]:
    """Return one page of what the person decided at once, newest first, with their counts."""
    own = BulkDecision.objects.filter(person=person)
    if before:
        own = own.filter(pk__lt=before)
    # Ids grow with time, so the page ends where the next one begins.
    keys = own.order_by("-pk").values("pk")[: PAGE + 1]
    return (
        BulkDecision.objects.filter(pk__in=keys)
        .annotate(
            decided=Count("items", filter=Q(items__state=BulkItemState.DECIDED)),
            refused=Count("items", filter=Q(items__state=BulkItemState.REFUSED)),
        )
        .order_by("-pk")
    )
