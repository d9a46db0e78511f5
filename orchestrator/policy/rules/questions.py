"""Questions and corrections: what a person asked about or edited goes to people, in any case."""

from orchestrator.policy.situation import Situation
from orchestrator.policy.verdict import Finding, Outcome


def judge(situation: Situation) -> list[Finding]:
    """Ask people where one of them asked a question, or edited what could not be written."""
    findings = []
    if situation.facts.question_asked:
        text = "A person asked a question about this proposal, so people judge the answer."
        findings.append(Finding("questions", Outcome.REVIEW, "question_asked", text, "note"))
    if situation.facts.approval_undone:
        text = "Whoever approved this took it back, so people decide on it again."
        findings.append(Finding("questions", Outcome.REVIEW, "approval_undone", text, "note"))
    if situation.facts.corrected:
        text = "A person corrected this after it could not be written, so other people decide."
        findings.append(Finding("questions", Outcome.REVIEW, "corrected", text, "note"))
    if situation.facts.altered:
        text = "A person changed what the agent asked for, so people decide on what is left."
        findings.append(Finding("questions", Outcome.REVIEW, "altered", text, "note"))
    return findings
