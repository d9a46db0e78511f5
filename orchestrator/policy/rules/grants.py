"""Grants: may this agent propose this operation on these fields of this record?"""

from collections.abc import Sequence

from orchestrator.policy import conditions
from orchestrator.policy.conditions import Judgement
from orchestrator.policy.situation import Situation
from orchestrator.policy.verdict import Finding, GrantFact, Outcome, RequestedChange

RULE = "grants"


def judge(situation: Situation) -> list[Finding]:
    """Refuse what no grant covers; a record filter that cannot be judged does not cover."""
    grants = situation.facts.grants
    if grants is None:
        return [Finding(RULE, Outcome.AUTOMATIC, "asked_by_person", "A person asks for this.")]
    findings = []
    for change in situation.request.changes:
        missing = _missing(situation, grants, change)
        if missing:
            findings.append(Finding(RULE, Outcome.REFUSE, "not_granted", missing, "failed"))
    return findings or [
        Finding(RULE, Outcome.AUTOMATIC, "granted", "The agent's grants cover every field.")
    ]


def _missing(situation: Situation, grants: Sequence[GrantFact], change: RequestedChange) -> str:
    """Return what the grants lack for one change, or nothing."""
    fitting = [
        grant
        for grant in grants
        if grant.object_name == change.object_name and change.operation in grant.operations
    ]
    if not fitting:
        return f"No grant covers {change.operation} on {change.object_name}."
    covered: set[str] = set()
    for grant in fitting:
        if _filter_holds(situation, grant, change):
            covered |= grant.fields
    if not covered:
        return f"This {change.object_name} record is outside every grant's record filter."
    lacking = sorted(set(change.fields) - covered)
    return f"No grant covers {change.object_name}: {', '.join(lacking)}." if lacking else ""


def _filter_holds(situation: Situation, grant: GrantFact, change: RequestedChange) -> bool:
    if not grant.record_filter or not situation.facts.prepared:
        return True
    variables = situation.variables(change)
    if change.operation == "create":
        variables["record"] = variables["change"]["new"]
    return conditions.judge(grant.record_filter, variables) == Judgement.TRUE
