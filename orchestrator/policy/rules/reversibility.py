"""Reversibility: what cannot be undone is never automatic."""

from orchestrator.policy.situation import Situation
from orchestrator.policy.verdict import Finding, Outcome

RULE = "reversibility"


def judge(situation: Situation) -> list[Finding]:
    """Ask people where the action says that it cannot be undone, or deletes a record."""
    if not situation.action.reversible:
        text = "This cannot be undone, so people decide."
        return [Finding(RULE, Outcome.REVIEW, "irreversible", text, "note")]
    deletes = any(change.operation == "delete" for change in situation.request.changes)
    if deletes and situation.facts.rollback:
        text = "It deletes what was created here; made again, it would get another id."
        return [Finding(RULE, Outcome.REVIEW, "deletes_what_was_made", text, "note")]
    if deletes:
        # A record made again gets another id: what pointed at the old one is lost.
        text = "A deleted record can be made again, but under another id; people decide."
        return [Finding(RULE, Outcome.REVIEW, "delete_partly_reversible", text, "note")]
    return [
        Finding(RULE, Outcome.AUTOMATIC, "reversible", "The old values are kept for a way back.")
    ]
