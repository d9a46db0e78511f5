"""Every rule in order, all findings, one verdict; the most restrictive wins. Pure."""

from orchestrator.kernel.choices import Choices
from orchestrator.policy.rules import (
    confidence,
    fields,
    grants,
    limits,
    matrix,
    mode,
    questions,
    reasons,
    records,
    reversibility,
)
from orchestrator.policy.situation import Situation
from orchestrator.policy.verdict import (
    STRICTNESS,
    Facts,
    Finding,
    Outcome,
    Request,
    StageNeed,
    Verdict,
)
from orchestrator.workflows.definition import WorkflowDefinition

RULES = (
    mode.judge,
    grants.judge,
    records.judge,
    fields.judge,
    reasons.judge,
    reversibility.judge,
    matrix.judge,
    confidence.judge,
    limits.judge,
    questions.judge,
)
DEFAULT_ROLE = "ops-owner"
MANY_CHANGES = 5


class Level(Choices):
    """How much is at stake."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


# A finding with this code lifts the risk to at least this level, for this reason.
RISKS = {
    "human_only": (Level.HIGH, "human-only action"),
    "irreversible": (Level.HIGH, "cannot be undone"),
    "delete_partly_reversible": (Level.HIGH, "deletes a record"),
    "deletes_what_was_made": (Level.MEDIUM, "deletes a record that was created here"),
    "record_moved": (Level.MEDIUM, "the record moved after an approval"),
    "expectation_differs": (Level.MEDIUM, "the agent believed other values"),
    "change_not_measurable": (Level.MEDIUM, "size of the change unknown"),
    "condition_unclear": (Level.MEDIUM, "a condition cannot be judged"),
    "confidence_missing": (Level.MEDIUM, "no confidence given"),
}


def evaluate(*, request: Request, facts: Facts, definition: WorkflowDefinition) -> Verdict:
    """Return the verdict on a request; an action that is not listed is refused."""
    action = definition.actions.get(request.action)
    if action is None:
        text = f"The workflow has no action {request.action!r}."
        finding = Finding("matrix", Outcome.REFUSE, "action_not_listed", text, "failed")
        return Verdict(Outcome.REFUSE, [finding], [], Level.HIGH, ["action not listed"])
    situation = Situation(request, facts, definition, action)
    findings = [finding for rule in RULES for finding in rule(situation)]
    outcome = max((finding.outcome for finding in findings), key=lambda each: STRICTNESS[each])
    stages = _stages(situation) if outcome == Outcome.REVIEW else []
    level, why = _risk(situation, findings, stages)
    return Verdict(
        outcome=outcome,
        findings=findings,
        stages=stages,
        risk=level,
        risk_reasons=why,
        approve_needs_text=any(finding.code == "human_only" for finding in findings),
        provisional=not facts.prepared,
    )


def _stages(situation: Situation) -> list[StageNeed]:
    """Return the stages whose condition holds or cannot be judged; at least one."""
    stages = []
    for stage in situation.action.stages:
        if stage.when is None:
            why = "The action always asks this role."
        elif situation.holds_or_unclear(stage.when):
            why = f"The action asks this role when {stage.when}."
        else:
            continue
        within = str(stage.decide_within or "")
        stages.append(StageNeed(stage.role, str(stage.quorum), why, decide_within=within))
    return stages or [
        StageNeed(DEFAULT_ROLE, "1", "No stage of the action applies, so its owners decide.")
    ]


def _risk(
    situation: Situation, findings: list[Finding], stages: list[StageNeed]
) -> tuple[Level, list[str]]:
    found = [RISKS[finding.code] for finding in findings if finding.code in RISKS]
    rule = situation.action.confidence
    given = situation.request.confidence
    if rule is not None and given is not None and given < rule.below:
        found.append((Level.MEDIUM, "low confidence"))
    if len(stages) > 1:
        found.append((Level.MEDIUM, "needs more than one role"))
    if len(situation.request.changes) > MANY_CHANGES:
        found.append((Level.MEDIUM, "many records at once"))
    order = list(Level)
    level = max((each for each, _ in found), key=order.index, default=Level.LOW)
    return level, list(dict.fromkeys(why for _, why in found))
