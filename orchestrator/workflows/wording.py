"""A definition in plain words: what a person reads instead of YAML. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.workflows.definition import (
    ActionDefinition,
    FieldRule,
    StageDefinition,
    Target,
    WorkflowDefinition,
)

PARTS = {
    "self": "a part by whoever picks it",
    "second": "a part by somebody else than who picks it",
    "off": "no part alone",
}
EDITS = {
    "self": (
        "edits by whoever makes them, within the bounds and below high risk, else somebody else"
    ),
    "second": "edits by somebody else than who makes them",
    "off": "no edits",
}


@dataclass(frozen=True, slots=True)
class FieldWords:
    """One field and the bounds of its new value."""

    name: str
    bounds: str
    writers: str


@dataclass(frozen=True, slots=True)
class TargetWords:
    """One kind of record that an action writes."""

    object: str
    operations: list[str]
    fields: list[FieldWords]


@dataclass(frozen=True, slots=True)
class StageWords:
    """Who is asked, in their turn."""

    role: str
    people: str
    when: str


@dataclass(frozen=True, slots=True)
class ActionWords:
    """One action as people read it."""

    name: str
    title: str
    policy: str
    targets: list[TargetWords]
    stages: list[StageWords]
    demands: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SectionWords:
    """A declared section: what it says, and how much of it this release enforces."""

    title: str
    effect: str
    enforced: bool
    lines: list[str]


def actions_in_words(definition: WorkflowDefinition) -> list[ActionWords]:
    """Return every action in the order of the file."""
    return [_action(name, action, definition) for name, action in definition.actions.items()]


def _action(name: str, action: ActionDefinition, definition: WorkflowDefinition) -> ActionWords:
    return ActionWords(
        name=name,
        title=name.replace("_", " ").capitalize(),
        policy=action.policy,
        targets=[_target(target, definition) for target in action.targets],
        stages=[_stage(stage) for stage in action.stages],
        demands=list(_demands(action)),
    )


def _target(target: Target, definition: WorkflowDefinition) -> TargetWords:
    fields = []
    for name, rule in target.fields.items():
        ownership = definition.fields.get(f"{target.object}.{name}")
        writers = ", ".join(ownership.writers) if ownership else ""
        fields.append(FieldWords(name, bounds_in_words(rule), writers))
    return TargetWords(target.object, list(target.operations), fields)


def bounds_in_words(rule: FieldRule) -> str:
    """Return the bounds of a field's new value, or nothing where there are none."""
    parts = []
    if rule.allowed is not None:
        parts.append("one of " + ", ".join("empty" if v is None else str(v) for v in rule.allowed))
    if rule.min is not None:
        parts.append(f"at least {rule.min:,.10g}")
    if rule.max is not None:
        parts.append(f"at most {rule.max:,.10g}")
    if rule.max_change_pct is not None:
        parts.append(f"changed by at most {rule.max_change_pct:,.10g} %")
    if rule.max_shift_days is not None:
        parts.append(f"moved by at most {rule.max_shift_days} days")
    if rule.max_length is not None:
        parts.append(f"at most {rule.max_length:,} characters")
    return "; ".join(parts)


def _stage(stage: StageDefinition) -> StageWords:
    if stage.quorum == "all":
        people = "everybody"
    else:
        people = "one person" if stage.quorum == 1 else f"{stage.quorum} people"
    if stage.decide_within is not None:
        people = f"{people} within {stage.decide_within}"
    return StageWords(stage.role, people, stage.when or "")


def _demands(action: ActionDefinition) -> Iterator[tuple[str, str]]:
    if action.reasons:
        yield "Reasons", ", ".join(action.reasons)
    if action.evidence:
        yield (
            "Evidence",
            f"at least {action.evidence.at_least} of {', '.join(action.evidence.kinds)}",
        )
    if action.confidence:
        yield "Confidence", f"below {action.confidence.below:.0%}, or without one, people decide"
    for rule in action.conditions:
        yield "Condition", f"{rule.then.replace('_', ' ')} when {rule.when}: {rule.because}"
    yield "Approved by people", f"{PARTS[action.parts]}; {EDITS[action.edits]}"
    yield "Way back", _way_back(action)


def _way_back(action: ActionDefinition) -> str:
    if isinstance(action.reversible, bool):
        return "the old values are kept" if action.reversible else "none, so people always decide"
    also = "".join(f", then {step.replace('_', ' ')}" for step in action.reversible.also)
    return action.reversible.how.replace("_", " ") + also
