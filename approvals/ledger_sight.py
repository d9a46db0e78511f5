"""Lines of the ledger without what their reader may not see: a handful of queries for a page."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from approvals.masking import Mask, hidden_values
from approvals.models import Change, Revision
from approvals.visibility import Sight, sights_for
from audit.queries import Line
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow


def readable(person: User, lines: Sequence[Line]) -> list[Line]:
    """Return the lines as this person may read them."""
    sights = _sights(person, {line.workflow for line in lines if line.workflow})
    partly = {slug: sight for slug, sight in sights.items() if not sight.whole}
    concerned = {line.proposal_id: line.workflow for line in lines if line.workflow in partly}
    concerned.pop("", None)
    masks = masks_of({key: partly[slug] for key, slug in concerned.items()})
    return [_masked(line, partly, masks) for line in lines]


def masks_of(sights: Mapping[str, Sight]) -> dict[str, Mask]:
    """Return what hides the values of proposals, each seen with the sight beside its id."""
    stored = _contents([key for key, sight in sights.items() if not sight.whole])
    return {
        key: Mask(sight, hidden_values(sight, stored.get(key, ()))) for key, sight in sights.items()
    }


def _masked(line: Line, partly: Mapping[str, Sight], masks: Mapping[str, Mask]) -> Line:
    sight = partly.get(line.workflow)
    if sight is None:
        return line
    mask = masks.get(line.proposal_id) or Mask(sight)
    # What was written may not be what was proposed: the entry has values of its own.
    own = hidden_values(sight, [{"object": line.object_name, **line.detail}])
    return replace(
        line,
        detail=Mask(sight, mask.values + own).entry(line.detail, line.object_name),
    )


def _sights(person: User, slugs: Collection[str]) -> dict[str, Sight]:
    if not slugs:
        return {}
    rows = list(Workflow.objects.filter(slug__in=slugs).only("slug", "current_version"))
    sights = sights_for(person=person, workflows=rows)
    return {row.slug: sights[row.pk] for row in rows}


def _contents(proposal_ids: Collection[str]) -> dict[str, list[Any]]:
    """Return everything that was stored of proposals and may hold a value of a record."""
    found: dict[str, list[Any]] = defaultdict(list)
    if not proposal_ids:
        return found
    revisions = Revision.objects.filter(proposal__in=proposal_ids)
    for proposal, content, conflict in revisions.values_list("proposal", "content", "conflict"):
        found[proposal] += [content, conflict]
    bases = Change.objects.filter(revision__proposal__in=proposal_ids, base__isnull=False)
    for proposal, owner, base in bases.values_list("revision__proposal", "object_name", "base"):
        found[proposal].append({"object": owner, "base": base})
    return found
