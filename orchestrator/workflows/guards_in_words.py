"""The sections around the actions in plain words, each with what this release makes of it. Pure."""

from collections.abc import Callable

from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.escalation import EscalationPlans, words_of
from orchestrator.workflows.wording import SectionWords

DECLARED_ONLY = "Declared only: nothing in this release acts on it."
ASKS_PEOPLE = "Not watched by this release. The actions it concerns ask people instead."
ESCALATES = "While nobody decides: nothing of it can approve."
KEPT = "Personal and sensitive fields show to roles with that right, and to nobody else."
LIMITS = "Automatic writes stay within a number of writes; what goes beyond asks people."
VALUES = "Not measured by this release. Automatic writes of these values ask people instead."


def sections_in_words(definition: WorkflowDefinition) -> list[SectionWords]:
    """Return every section that the definition fills."""
    return [
        SectionWords(title, effect, enforced, lines)
        for title, effect, enforced, words in SECTIONS
        if (lines := words(definition))
    ]


def _write_limits(definition: WorkflowDefinition) -> list[str]:
    return [limit.words for limit in definition.limits if limit.writes is not None]


def _value_limits(definition: WorkflowDefinition) -> list[str]:
    return [limit.words for limit in definition.limits if limit.value is not None]


def _windows(definition: WorkflowDefinition) -> list[str]:
    return [
        f"{'not' if window.deny else 'only'} {window.deny or window.allow}: "
        f"{', '.join(window.actions) or 'every action'}"
        for window in definition.windows
    ]


def _anomalies(definition: WorkflowDefinition) -> list[str]:
    return [
        f"{each.watch} above {each.above} in {each.window}: {', '.join(each.then)}"
        for each in definition.anomalies
    ]


def _ownership(definition: WorkflowDefinition) -> list[str]:
    return [
        f"{name}: written by {', '.join(owned.writers)} alone"
        for name, owned in definition.fields.items()
        if owned.writers
    ]


def _records(definition: WorkflowDefinition) -> list[str]:
    return [
        f"{name}: truth in {owned.system_of_record}"
        + f", conflicts {owned.on_conflict.replace('_', ' ')}"
        + (f", fresh for {owned.fresh_for}" if owned.fresh_for else "")
        for name, owned in definition.fields.items()
        if owned.system_of_record
    ]


def _kept_back(definition: WorkflowDefinition) -> list[str]:
    return [
        f"{name}: {owned.field_class}"
        for name, owned in definition.fields.items()
        if owned.field_class != "internal"
    ]


def _escalation(definition: WorkflowDefinition) -> list[str]:
    plans = definition.escalation
    if not isinstance(plans, EscalationPlans):
        return [words_of(step) for step in plans]
    high = [f"at high risk, {words_of(step)}" for step in plans.important]
    return [*(words_of(step) for step in plans.normal), *high]


def _states(definition: WorkflowDefinition) -> list[str]:
    return [
        f"{name}: {state.owner_role}"
        + (f", within {state.sla}" if state.sla else "")
        + "".join(f"; to {way_out.to} when {way_out.when}" for way_out in state.exits)
        for name, state in definition.states.items()
    ]


def _triggers(definition: WorkflowDefinition) -> list[str]:
    return [f"every {each.every}, into {each.start}: {each.query}" for each in definition.triggers]


def _canary(definition: WorkflowDefinition) -> list[str]:
    canary = definition.canary
    if canary is None:
        return []
    steps = " → ".join(f"{step} %" for step in canary.steps)
    stops = "".join(f"; stop when {name} {bound}" for name, bound in canary.stop_when.items())
    return [f"by {canary.by}: {steps}{stops}"]


def _promotion(definition: WorkflowDefinition) -> list[str]:
    if definition.promotion is None:
        return []
    gates = definition.promotion.model_dump(exclude_none=True)
    return [f"{name.replace('_', ' ')}: {bound}" for name, bound in gates.items()]


Words = Callable[[WorkflowDefinition], list[str]]
SECTIONS: tuple[tuple[str, str, bool, Words], ...] = (
    ("Limits", LIMITS, True, _write_limits),
    ("Writers", "Everybody else is refused.", True, _ownership),
    ("Who may see which fields", KEPT, True, _kept_back),
    ("Escalation", ESCALATES, True, _escalation),
    ("Value limits", VALUES, False, _value_limits),
    ("Change windows", ASKS_PEOPLE, False, _windows),
    ("Anomalies", ASKS_PEOPLE, False, _anomalies),
    ("Systems of record", DECLARED_ONLY, False, _records),
    ("Promotion gates", DECLARED_ONLY, False, _promotion),
    ("Canary", DECLARED_ONLY, False, _canary),
    ("States", DECLARED_ONLY, False, _states),
    ("Triggers", DECLARED_ONLY, False, _triggers),
)
