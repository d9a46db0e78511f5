"""Claiming: take due commits, check again what was approved, and make the claim durable."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from approvals.states import ProposalState, Purpose
from orchestrator.agents.states import AgentState
from orchestrator.commits import holds, standing, transitions
from orchestrator.commits.batch import Item, load
from orchestrator.commits.models import Commit
from orchestrator.commits.moves import move_rows
from orchestrator.commits.settling import WORKER_LOST
from orchestrator.commits.states import CommitState, Scope
from orchestrator.commits.switch import Switch, read_switch
from orchestrator.kernel import faultpoints
from orchestrator.orgs.models import Org
from orchestrator.workflows.modes import Mode

NOTHING = Q(pk__in=[])
NOT_HELD = """NOT EXISTS (
    SELECT 1 FROM commits_hold
    WHERE commits_hold.org_id = commits_commit.org_id
      AND commits_hold.key = ANY(commits_commit.hold_keys)
)"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The commits that are ours now, how many were moved in all, and whether others may be due."""

    items: list[Item]
    moved: int
    more: bool


def claim(*, org: Org, claim: str, limit: int, at: dt.datetime, passing: bool = True) -> Claimed:
    """
    Claim up to `limit` due commits of an org.

    While none may pass the org's gate, only those are seen to that are no longer approved.
    """
    # Before the transaction, which a switch that cannot be read would break.
    switch = read_switch()
    with transaction.atomic():
        found = _due(org, switch, limit, at, passing=passing)
        if not found:
            return Claimed([], 0, more=False)
        items = [item for item in found if item.proposal.state == ProposalState.APPROVED]
        cancelled = [item for item in found if item.proposal.state != ProposalState.APPROVED]
        transitions.cancel(cancelled, at=at)
        standing_items, returned = _still_standing(items, at)
        picked = holds.first_of_each_record(_suspects_alone(standing_items))
        held = holds.take(picked, org_id=org.pk) if picked else []
        claimed = _mark(held, claim, at)
        # What was held for a commit that is not claimed after all would be held for ever.
        holds.release([item.id for item in held if item not in claimed])
        faultpoints.reach("inside_claim")
    faultpoints.reach("after_claim")
    moved = len(claimed) + len(cancelled) + returned
    # Nothing moved: what is due is held by others, and asking again at once would spin.
    return Claimed(claimed, moved, more=0 < moved < len(found) or len(found) == limit)


def _due(org: Org, switch: Switch, limit: int, at: dt.datetime, *, passing: bool) -> list[Item]:
    """Lock due commits that nothing holds back; those no longer approved are always among them."""
    free = (
        Q(proposal__execute_by__gt=at)
        # What was written before the workflow went down must be taken back in any mode.
        & (Q(proposal__purpose=Purpose.ROLLBACK) | ~Q(proposal__workflow__mode=Mode.OBSERVE))
        & (Q(proposal__agent=None) | Q(proposal__agent__state=AgentState.ACTIVE))
        & not_stopped(switch, org)
        & Q(RawSQL(NOT_HELD, [], output_field=BooleanField()))  # noqa: S611 - a constant
    )
    rows = (
        Commit.objects.filter(state=CommitState.QUEUED, org=org, due_at__lte=at)
        .filter(~Q(proposal__state=ProposalState.APPROVED) | (free if passing else NOTHING))
        .order_by("due_at", "order_key", "pk")
        # With the proposal: nobody withdraws or expires it between this look and the claim.
        .select_for_update(skip_locked=True, of=("self", "proposal"))
    )
    items = load(rows[:limit])
    for item in items:
        item.attempt += 1
    return items


def not_stopped(switch: Switch, org: Org) -> Q:
    """Return the condition on commits of an org that the switch lets through."""
    if switch.values(Scope.ALL) or org.slug in switch.values(Scope.ORG):
        return NOTHING
    condition = Q()
    if workflows := switch.values(Scope.WORKFLOW):
        condition &= ~Q(workflow__in=workflows)
    if switch.values(Scope.AGENTS):
        condition &= Q(agent="")
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


def _suspects_alone(items: Sequence[Item]) -> Sequence[Item]:
    """Leave what may have killed its workers for last, then let it harm no commit but itself."""
    suspects = [
        item for item in items if item.commit.error_code == WORKER_LOST and item.commit.failures > 1
    ]
    return [item for item in items if item not in suspects] or suspects[:1]


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
