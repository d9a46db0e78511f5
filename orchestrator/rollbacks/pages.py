"""What the pages of rollbacks show, made from previews and rows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count

from approvals.bulk_decisions import MOST_ITEMS
from approvals.bulk_lines import BETWEEN
from approvals.eligibility import may_decide_now
from approvals.lines import label_of
from approvals.models import Proposal
from approvals.states import CLOSED, ProposalState
from approvals.visibility import Mask, mask_rows, sights_for
from orchestrator.kernel.errors import NotFound
from orchestrator.people.models import User
from orchestrator.people.permissions import workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.rollbacks.models import Part, Rollback
from orchestrator.rollbacks.previews import Preview
from orchestrator.rollbacks.record_plans import Fate, Line

PAGE = 100
MOST_TICKED = 500
MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """One value as the preview shows it."""

    line: Line
    label: str
    # What a tick stands for; of the value itself, which the line may not show.
    mark: str

    @property
    def whole(self) -> bool:
        """Say whether it is about the whole record."""
        return not self.line.field

    @property
    def makes(self) -> bool:
        """Say whether the record is created again."""
        return self.whole and self.line.now is None and self.line.restored_to is not None


@dataclass(frozen=True, slots=True)
class Refused:
    """Commits that cannot be taken back for one reason."""

    action: str
    reason: str
    proposals: Sequence[str]
    more: int


@dataclass(frozen=True, slots=True)
class PartLine:
    """One proposal of a rollback."""

    proposal: Proposal
    label: str


def preview_context(seen: Preview, *, person: User, page: int) -> dict[str, Any]:
    """Return everything that the preview shows; of what is simply restored, one page."""
    shown = _shown(seen, person)
    restored = shown[Fate.RESTORE]
    start = (page - 1) * PAGE
    return {
        "preview": seen,
        "figures": _figures(seen, shown),
        "newer": shown[Fate.NEWER][:MOST_TICKED],
        "newer_beyond": max(len(shown[Fate.NEWER]) - MOST_TICKED, 0),
        "restored": restored[start : start + PAGE],
        "page": page,
        **_pages(len(restored)),
        "impossible": shown[Fate.IMPOSSIBLE][:MOST_TICKED],
        "refused": _refused(seen),
        "as_before": len(shown[Fate.AS_BEFORE]),
    }


def _shown(seen: Preview, person: User) -> Mapping[Fate, list[Shown]]:
    found: dict[Fate, list[Shown]] = {fate: [] for fate in Fate}
    sights = sights_for(person=person, workflows=[each.workflow for each in seen.plans])
    for each in seen.plans:
        mask = Mask(sights[each.workflow.pk])
        for record in each.records:
            label = mask.label(record.key.object_name, record.label)
            for line in record.lines:
                found[line.fate].append(Shown(_seen(line, mask), label, line.mark))
    return found


def _seen(line: Line, mask: Mask) -> Line:
    """Return a line without the values that its reader may not see."""
    if mask.clear:
        return line
    owner = line.key.object_name
    values = {"restored_to": line.restored_to, "now": line.now, "wrote": line.wrote}
    if line.field:
        hidden = {name: mask.sight.value(owner, line.field, values[name]) for name in values}
        return replace(line, **hidden)
    return replace(line, **{name: mask.stored(value, owner) for name, value in values.items()})


def _figures(seen: Preview, shown: Mapping[Fate, list[Shown]]) -> dict[str, int]:
    return {
        "commits": len(seen.found.commits),
        "records": seen.changing,
        "fields": len(shown[Fate.RESTORE]),
        "newer": len(shown[Fate.NEWER]),
        "cannot": len(shown[Fate.IMPOSSIBLE]) + len(seen.obstacles) + seen.lost,
    }


def _refused(seen: Preview) -> list[Refused]:
    by_reason: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in seen.obstacles:
        by_reason[each.action, each.reason].append(each.proposal_id)
    return [
        Refused(action, reason, found[:MOST_LISTED], max(len(found) - MOST_LISTED, 0))
        for (action, reason), found in by_reason.items()
    ]


def rollbacks_for(person: User) -> list[Rollback]:
    """Return the newest rollbacks that touch a workflow which the person may see."""
    visible = workflows_with_right(person, Right.VIEW)
    mine = Part.objects.filter(proposal__workflow__in=visible).values("rollback")
    rows = Rollback.objects.filter(pk__in=mine).annotate(total=Count("parts"))
    return list(rows.order_by("-created_at", "-pk")[:MOST_LISTED])


def rollback_for(person: User, rollback_id: str) -> Rollback:
    """
    Return a rollback that the person may see.

    :raises NotFound: if there is none, or it is not theirs to see
    """
    visible = workflows_with_right(person, Right.VIEW)
    rows = Rollback.objects.filter(pk=rollback_id, parts__proposal__workflow__in=visible)
    found = rows.select_related("requested_by").first()
    if found is None:
        raise NotFound("There is no such rollback, or none of your roles may see it.")
    return found


def rollback_context(
    rollback: Rollback, person: User, *, page: int, at: dt.datetime
) -> dict[str, Any]:
    """Return how far a rollback is, and what of it the person may decide at once."""
    visible = workflows_with_right(person, Right.VIEW)
    proposals = Proposal.objects.filter(rollback_part__rollback=rollback, workflow__in=visible)
    counts = dict(proposals.order_by().values_list("state").annotate(Count("pk")))
    total, closed = sum(counts.values()), sum(counts.get(state, 0) for state in CLOSED)
    waiting = list(proposals.filter(state=ProposalState.IN_REVIEW, prepare_at=None))
    mine = may_decide_now(person=person, proposals=waiting, at=at) if waiting else []
    at_once = mine[:MOST_ITEMS]
    start = (page - 1) * PAGE
    ordered = proposals.select_related("workflow").order_by("rollback_part__number")
    rows = list(ordered[start : start + PAGE])
    mask_rows(person=person, proposals=rows)
    return {
        "rollback": rollback,
        "total": total,
        "closed": closed,
        "counts": sorted(counts.items()),
        "moving": closed < total,
        "mine": len(at_once),
        "later": len(mine) - len(at_once),
        "chosen": " ".join(f"{each.pk}{BETWEEN}{each.digest}" for each in at_once),
        "alone": len(waiting) - len(mine),
        "parts": part_lines(rows),
        "page": page,
        **_pages(total),
    }


def part_lines(proposals: Iterable[Proposal]) -> list[PartLine]:
    """Return the proposals of a rollback with what they are about."""
    return [PartLine(proposal, label_of(proposal)) for proposal in proposals]


def _pages(count: int) -> dict[str, Any]:
    pages = max(-(-count // PAGE), 1)
    return {"pages": pages, "page_numbers": range(1, pages + 1)}


def page_in(query: Mapping[str, Any]) -> int:
    """Return the number of the page in an address, or the first."""
    number = str(query.get("page", ""))
    return max(int(number), 1) if number.isdecimal() and len(number) < 6 else 1
