"""Claiming: take due commits, check again what was approved, and make the claim durable."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from approvals.states import ProposalState
from orchestrator.agents.states import AgentState
from orchestrator.commits import holds, standing, transitions
from orchestrator.commits.batch import Item, load
from orchestrator.commits.models import Commit
from orchestrator.commits.moves import move_rows
from orchestrator.commits.states import CommitState, Scope
from orchestrator.commits.switch import Switch, read_switch
from orchestrator.kernel import faultpoints
from orchestrator.orgs.models import Org
from orchestrator.workflows.modes import Mode

NOT_HELD = """NOT EXISTS (
    SELECT 1 FROM commits_hold
    WHERE commits_hold.org_id = commits_commit.org_id
      AND commits_hold.key = ANY(commits_commit.hold_keys)
)"""


def claim(*, org: Org, claim: str, limit: int, at: dt.datetime) -> tuple[list[Item], int]:
    """Claim up to `limit` due commits of an org; return them, and how many rows were moved."""
    with transaction.atomic():
        found = _due(org, read_switch(), limit, at)
        if not found:
            return [], 0
        items = [item for item in found if item.proposal.state == ProposalState.APPROVED]
        cancelled = [item for item in found if item.proposal.state != ProposalState.APPROVED]
        transitions.cancel(cancelled, at=at)
        standing_items, returned = _still_standing(items, at)
        picked = holds.first_of_each_record(standing_items)
        claimed = _mark(holds.take(picked, org_id=org.pk) if picked else [], claim, at)
        faultpoints.reach("inside_claim")
    faultpoints.reach("after_claim")
    return claimed, len(claimed) + len(cancelled) + returned


def _due(org: Org, switch: Switch, limit: int, at: dt.datetime) -> list[Item]:
    """Lock due commits that nothing holds back; those no longer approved are always among them."""
    free = (
        Q(proposal__execute_by__gt=at)
        & ~Q(proposal__workflow__mode=Mode.OBSERVE)
        & (Q(proposal__agent=None) | Q(proposal__agent__state=AgentState.ACTIVE))
        & not_stopped(switch, org)
        & Q(RawSQL(NOT_HELD, [], output_field=BooleanField()))  # noqa: S611 - a constant
    )
    rows = (
        Commit.objects.filter(state=CommitState.QUEUED, org=org, due_at__lte=at)
        .filter(~Q(proposal__state=ProposalState.APPROVED) | free)
        .order_by("due_at", "order_key")
        .select_for_update(skip_locked=True, of=("self",))
    )
    items = load(rows[:limit])
    for item in items:
        item.attempt += 1
    return items


def not_stopped(switch: Switch, org: Org) -> Q:
    """Return the condition on commits of an org that the switch lets through."""
    if switch.values(Scope.ALL) or org.slug in switch.values(Scope.ORG):
        return Q(pk__in=[])
    condition = Q()
    if workflows := switch.values(Scope.WORKFLOW):
        condition &= ~Q(workflow__in=workflows)
    if agents := switch.values(Scope.AGENT):
        condition &= ~Q(agent__in=agents)
    if objects := switch.values(Scope.OBJECT):
        condition &= ~Q(objects_touched__overlap=objects)
    return condition


def _still_standing(items: Sequence[Item], at: dt.datetime) -> tuple[list[Item], int]:
    grants = standing.grants_of(items, at=at)
    good, returned = [], 0
    for item in items:
        objection = standing.objection_to(item, grants)
        if objection is None:
            good.append(item)
        else:
            transitions.return_to_people(
                item, code=objection.code, text=objection.text, changes=[], claim="", at=at
            )
            returned += 1
    return good, returned


def _mark(items: Sequence[Item], claim: str, at: dt.datetime) -> list[Item]:
    """Make the claim, on commit and proposal together."""
    if not items:
        return []
    committing = transitions.start(items, at=at)
    items = [item for item in items if item.proposal.pk in committing]
    rows = [
        {
            "id": item.id,
            "claim": claim,
            "claimed_at": at,
            "sent_at": None,
            "orphaned_at": None,
            "attempts": item.attempt,
            "error_class": "",
            "error_code": "",
            "error_text": "",
        }
        for item in items
    ]
    moved = move_rows(rows, left=CommitState.QUEUED, to=CommitState.CLAIMED, claim="")
    return [item for item in items if item.id in moved]
