"""Which proposals are watched: those that were only observed, from the moment they were."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import F, Max
from django.db.models.functions import Coalesce

from approvals.models import Change, Proposal
from approvals.states import Operation, ProposalState
from orchestrator.observation.agreement import first_result
from orchestrator.observation.models import Observation
from orchestrator.observation.states import ObservationState

BATCH = 1000
# A transaction that ended a proposal may become visible a little later than its own clock says.
OVERLAP = dt.timedelta(hours=1)
BETWEEN_LOOKS = dt.timedelta(days=1)


def enrol(*, at: dt.datetime) -> int:
    """Begin to watch what was observed lately and is not watched yet; return how many."""
    found = _unwatched(at)
    changes = _changes(found)
    length = dt.timedelta(days=int(settings.COUNTERSIGN["observation_days"]))
    Observation.objects.bulk_create(
        (_row(proposal, changes[proposal.pk], length) for proposal in found),
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    return len(found)


def _unwatched(at: dt.datetime) -> list[Proposal]:
    """
    Return observed proposals without an observation, oldest first.

    The search begins shortly before the newest one that is watched, along the index of endings:
    what is older than an observation lasts is not taken up any more, its people have moved on.
    """
    since = at - dt.timedelta(days=int(settings.COUNTERSIGN["observation_days"]))
    newest = Observation.objects.aggregate(newest=Max("starts_at"))["newest"]
    if newest is not None:
        since = max(since, newest - OVERLAP)
    rows = Proposal.objects.annotate(ended=Coalesce("closed_at", "approved_at")).filter(
        ended__gte=since,
        closed_at__isnull=False,
        state=ProposalState.OBSERVED,
        observation=None,
    )
    return list(rows.select_related("workflow").order_by("ended", "pk")[:BATCH])


def _changes(proposals: list[Proposal]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = defaultdict(list)
    rows = Change.objects.filter(
        revision__proposal__in=[each.pk for each in proposals],
        revision__number=F("revision__proposal__revision_number"),
    )
    for change in rows.select_related("revision").order_by("position"):
        found[change.revision.proposal_id].append(change)
    return found


def _row(proposal: Proposal, changes: list[Change], length: dt.timedelta) -> Observation:
    starts_at = proposal.closed_at
    assert starts_at is not None  # noqa: S101 - a constraint: observed is closed
    ends_at = starts_at + length
    return Observation(
        proposal=proposal,
        state=ObservationState.WATCHING,
        org_id=proposal.workflow.org_id,
        workflow=proposal.workflow,
        starts_at=starts_at,
        ends_at=ends_at,
        due_at=min(starts_at + BETWEEN_LOOKS, ends_at),
        fields=[line for change in changes for line in _lines(change)],
    )


def _lines(change: Change) -> Iterator[dict[str, Any]]:
    base = change.base or {}
    # A create and a delete are judged as one: the record itself.
    names = list(change.fields) if change.operation == Operation.UPDATE else [""]
    for name in names:
        was, proposed = base.get(name), change.fields.get(name)
        yield {
            "operation": change.operation,
            "object": change.object_name,
            "record": change.record_id,
            "external_id": change.external_id,
            "label": change.record_label,
            "field": name,
            "base": was,
            "proposed": proposed,
            "result": first_result(operation=change.operation, base=was, proposed=proposed).value,
            "value": None,
            "by": "",
            "at": None,
        }
