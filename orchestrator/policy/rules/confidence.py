"""Confidence: an agent that is unsure asks people."""

from orchestrator.policy.situation import Situation
from orchestrator.policy.verdict import Finding, Outcome

RULE = "confidence"


def judge(situation: Situation) -> list[Finding]:
    """Ask people below the action's threshold, and where the agent gives no confidence at all."""
    rule = situation.action.confidence
    confidence = situation.request.confidence
    if rule is None:
        return []
    if confidence is None:
        text = "The agent gives no confidence, and this action asks for one."
        return [Finding(RULE, Outcome.REVIEW, "confidence_missing", text, "note")]
    if confidence < rule.below:
        text = f"Confidence {confidence:.0%} is below {rule.below:.0%}."
        return [Finding(RULE, Outcome.REVIEW, rule.tag or "low_confidence", text, "note")]
    text = f"Confidence {confidence:.0%}, at least {rule.below:.0%} wanted."
    return [Finding(RULE, Outcome.AUTOMATIC, "confidence_enough", text)]
