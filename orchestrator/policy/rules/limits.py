"""Limits: automatic writes stay within them; what goes beyond asks people."""

from orchestrator.policy import conditions
from orchestrator.policy.situation import Situation
from orchestrator.policy.verdict import Finding, Outcome
from orchestrator.workflows.declared import Limit

RULE = "limits"


def judge(situation: Situation) -> list[Finding]:
    """Ask people where a limit is reached or not measured, or a declared guard is not watched."""
    used = situation.facts.writes_used
    findings = [
        _judged(situation, limit, used[position] if position < len(used) else None)
        for position, limit in enumerate(situation.definition.limits)
        if _concerns(situation, limit)
    ]
    for name in _unwatched(situation):
        text = f"The workflow declares {name} for this action; nothing watches them yet."
        findings.append(Finding(RULE, Outcome.REVIEW, f"{name}_not_watched", text, "note"))
    return findings


def _concerns(situation: Situation, limit: Limit) -> bool:
    """Say whether a limit counts this request: a value limit only if it touches its fields."""
    if limit.value is None:
        return True
    touched = {name for change in situation.request.changes for name in change.fields}
    return bool(conditions.referenced_fields(limit.value) & touched)


def _judged(situation: Situation, limit: Limit, count: int | None) -> Finding:
    if limit.writes is None or count is None:
        text = f"The limit {limit.words} is not measured, so people decide."
        return Finding(RULE, Outcome.REVIEW, "limit_not_measured", text, "note")
    if count + len(situation.request.changes) > limit.writes:
        text = f"{count} of {limit.words} are used, so people decide."
        return Finding(RULE, Outcome.REVIEW, "limit_reached", text, "note")
    text = f"{count} of {limit.words} are used."
    return Finding(RULE, Outcome.AUTOMATIC, "within_limit", text)


def _unwatched(situation: Situation) -> list[str]:
    """Return the declared guards that would concern this action if anything watched them."""
    action, definition = situation.request.action, situation.definition
    names = []
    if any(not window.actions or action in window.actions for window in definition.windows):
        names.append("windows")
    if any(anomaly.watch == action for anomaly in definition.anomalies):
        names.append("anomalies")
    return names
