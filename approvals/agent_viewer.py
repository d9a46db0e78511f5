"""What an agent may do with its own proposal, and how far people are with it. Pure."""

from collections.abc import Sequence
from typing import Any

from approvals.states import REVISABLE, WITHDRAWABLE, ProposalState, RevisionCause

Json = dict[str, Any]
NEVER = {
    "code": "agents_never_decide",
    "text": "People decide in the browser. Wait for the outcome: poll, long poll, or a webhook.",
}
# One no ends it at every stage; a question sends it back.
EVERY_STAGE, NOBODY, NOT_YET = "every_stage_in_order", "nobody_is_asked", "not_routed_yet"


def own_viewer(state: str, *, cause: str) -> Json:
    """Return what the agent may do with its own proposal; `cause` is that of its revision."""
    asked = state == ProposalState.REVISION_REQUESTED
    # What a person has edited is theirs: only a question hands it back.
    edited = cause == RevisionCause.EDITED and not asked
    return {
        "kind": "agent",
        "may_withdraw": state in WITHDRAWABLE,
        "may_revise": state in REVISABLE and not edited,
        "may_decide": False,
        "why": dict(NEVER),
    }


def standing_viewer(*, may_propose: bool) -> Json:
    """Return what the agent may do at all."""
    return {"kind": "agent", "may_propose": may_propose, "may_decide": False, "why": dict(NEVER)}


def progress(state: str, stages: Sequence[Any], *, prepared: bool) -> Json:
    """Return how far reviews that were annotated with what they `got` are, stage by stage."""
    shown = [
        {
            "stage": each.stage,
            "role": each.role.slug,
            "state": str(each.state),
            "got": min(each.got, each.quorum),
            "need": each.quorum,
        }
        for each in stages
    ]
    behaviour = EVERY_STAGE if shown else NOBODY
    if not prepared and not shown and state == ProposalState.RECEIVED:
        behaviour = NOT_YET
    return {
        "behaviour": behaviour,
        "got": sum(each["got"] for each in shown),
        "need": sum(each["need"] for each in shown),
        "stages": shown,
    }
