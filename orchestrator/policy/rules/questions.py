"""Questions: what a person asked about goes back to people, however sure the answer is."""

from orchestrator.policy.situation import Situation
from orchestrator.policy.verdict import Finding, Outcome


def judge(situation: Situation) -> list[Finding]:
    """Ask people where one of them asked a question."""
    if not situation.facts.question_asked:
        return []
    text = "A person asked a question about this proposal, so people judge the answer."
    return [Finding("questions", Outcome.REVIEW, "question_asked", text, "note")]
