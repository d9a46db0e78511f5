"""The matrix: automatic, human-in-the-loop or human-only, and the conditions on top."""

from orchestrator.policy.conditions import Judgement
from orchestrator.policy.situation import Situation
from orchestrator.policy.verdict import Finding, Outcome

RULE = "matrix"
POLICIES = {
    "automatic": (Outcome.AUTOMATIC, "The action is automatic."),
    "human_in_loop": (Outcome.REVIEW, "The action needs a person's approval."),
    "human_only": (
        Outcome.REVIEW,
        "The action is human-only: a person decides in own words.",
    ),
    "refuse": (Outcome.REFUSE, "The action does not allow this."),
}


def judge(situation: Situation) -> list[Finding]:
    """Say what the action's policy asks for, then what each of its conditions adds."""
    outcome, text = POLICIES[situation.action.policy]
    findings = [Finding(RULE, outcome, situation.action.policy, text)]
    for rule in situation.action.conditions:
        judgements = set(situation.judgements(rule.when))
        if Judgement.TRUE in judgements:
            outcome, _ = POLICIES[rule.then]
            findings.append(Finding(RULE, outcome, rule.then, rule.because, "note"))
        elif Judgement.ERROR in judgements and situation.facts.prepared:
            text = f"The condition {rule.when!r} cannot be judged here, so people decide."
            findings.append(Finding(RULE, Outcome.REVIEW, "condition_unclear", text, "note"))
    return findings
