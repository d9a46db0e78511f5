"""Reason and evidence: no write without why."""

from orchestrator.policy.situation import Situation
from orchestrator.policy.verdict import Finding, Outcome

RULE = "reasons"


def judge(situation: Situation) -> list[Finding]:
    """Refuse a reason that the action does not know, and too little evidence."""
    request, action = situation.request, situation.action
    findings = []
    if action.reasons and request.reason_code not in action.reasons:
        text = f"Use one of the action's reasons: {', '.join(action.reasons)}."
        findings.append(Finding(RULE, Outcome.REFUSE, "reason_not_listed", text, "failed"))
    if not request.reason_text.strip():
        findings.append(
            Finding(RULE, Outcome.REFUSE, "reason_missing", "Say why in words.", "failed")
        )
    need = action.evidence
    if need is not None:
        fitting = [item for item in request.evidence if item.get("kind") in need.kinds]
        if len(fitting) < need.at_least:
            text = f"Give at least {need.at_least} of {', '.join(need.kinds)} as evidence."
            findings.append(Finding(RULE, Outcome.REFUSE, "evidence_missing", text, "failed"))
    count = len(request.evidence)
    return findings or [
        Finding(RULE, Outcome.AUTOMATIC, "reason_given",
                f"Reason {request.reason_code} with {count} piece{'s' * (count != 1)} of evidence.")
    ]  # fmt: skip
