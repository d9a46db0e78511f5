"""The workflow's mode: observe, propose, execute."""

from orchestrator.policy.situation import Situation
from orchestrator.policy.verdict import Finding, Outcome

WORDS = {
    "observe": (Outcome.OBSERVE, "The workflow observes: nobody is asked and nothing is written."),
    "propose": (Outcome.REVIEW, "The workflow is in propose mode: every proposal needs people."),
    "execute": (Outcome.AUTOMATIC, "The workflow is in execute mode."),
}


def judge(situation: Situation) -> list[Finding]:
    """Say what the mode alone asks for; an unknown mode asks for people, and so do rollbacks."""
    if situation.facts.rollback:
        text = "It takes back what was written, so people decide, whatever the mode."
        return [Finding("mode", Outcome.REVIEW, "rollback", text)]
    outcome, text = WORDS.get(
        situation.facts.mode, (Outcome.REVIEW, f"The mode {situation.facts.mode!r} is unknown.")
    )
    return [Finding("mode", outcome, f"mode_{situation.facts.mode}", text)]
