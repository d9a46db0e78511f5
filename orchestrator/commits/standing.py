"""Is what was true at the approval still true when a worker takes the commit up?"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from approvals.models import Change
from orchestrator.agents.models import Grant
from orchestrator.agents.queries import grants_in_force
from orchestrator.commits.batch import Item
from orchestrator.policy.verdict import Outcome
from orchestrator.workflows.modes import Mode

Grants = Mapping[tuple[str, int], Sequence[Grant]]


@dataclass(frozen=True, slots=True)
class Objection:
    """Why an approval no longer stands: the proposal goes back to people."""

    code: str
    text: str


def grants_of(items: Iterable[Item], *, at: dt.datetime) -> Grants:
    """Return the grants in force for the agents of these commits."""
    asked = [item.proposal for item in items if item.proposal.agent_id]
    if not asked:
        return {}
    found: Grants = grants_in_force(
        agent_ids=[proposal.agent_id for proposal in asked if proposal.agent_id],
        workflow_ids=[proposal.workflow_id for proposal in asked],
        at=at,
    )
    return found


def objection_to(item: Item, grants: Grants) -> Objection | None:
    """Return why the commit may not go on, or None; its grants' filters wait for the record."""
    proposal, mode = item.proposal, item.proposal.workflow.mode
    verdict = item.revision.verdict or {}
    if verdict.get("outcome") == Outcome.AUTOMATIC and mode != Mode.EXECUTE:
        return Objection(
            "mode_lowered",
            f"Policy approved this in execute mode; the workflow is in {mode} mode now, "
            "so people decide.",
        )
    if proposal.agent_id is None:
        return None
    item.grants = grants.get((proposal.agent_id, proposal.workflow_id), ())
    lacking = [text for text in (_lacks(item.grants, change) for change in item.changes) if text]
    if lacking:
        return Objection("grant_ended", f"No grant in force covers {lacking[0]} any more.")
    return None


def _lacks(grants: Sequence[Grant], change: Change) -> str:
    """Return what no grant covers in one change, in words, or nothing."""
    fitting = [
        grant
        for grant in grants
        if grant.object_name == change.object_name and change.operation in grant.operations
    ]
    covered = {name for grant in fitting for name in grant.fields}
    lacking = sorted(set(change.fields) - covered)
    if fitting and not lacking:
        return ""
    what = f"{change.operation} on {change.object_name}"
    return f"{what}: {', '.join(lacking)}" if fitting else what
