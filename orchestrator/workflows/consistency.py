"""Does a definition agree with itself? Names that lead nowhere, conditions that cannot be read."""

import re
from collections.abc import Callable, Iterator

from orchestrator.kernel.errors import DomainError
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.positions import Place

CheckCondition = Callable[[str], object]
Finding = tuple[Place, str]
REASON_COMPARED = re.compile(r"\breason\s*(?:==|!=)\s*(['\"])(.*?)\1")
REASON_LISTED = re.compile(r"\breason\s+in\s*\[(.*?)\]")
QUOTED = re.compile(r"(['\"])(.*?)\1")


def bad_conditions(definition: WorkflowDefinition, check: CheckCondition) -> Iterator[Finding]:
    """Yield conditions that the callable refuses."""
    for place, text in definition.conditions():
        try:
            check(text)
        except DomainError as refusal:
            position = int(refusal.extra.get("position", 0))
            where = f" (at character {position + 1})" if position else ""
            yield place, f"Bad condition: {refusal.detail}{where}"


def unknown_names(definition: WorkflowDefinition) -> Iterator[Finding]:
    """Yield states and actions that are named and not defined."""
    for place, name in _states_named(definition):
        if name not in definition.states:
            yield place, f"There is no state {name!r}."
    for place, name in _actions_named(definition):
        if name not in definition.actions:
            yield place, f"There is no action {name!r}."


def pointless_edits(definition: WorkflowDefinition) -> Iterator[Finding]:
    """Yield actions that let people approve their own edits, and can never let them."""
    for name, action in definition.actions.items():
        if action.edits != "self":
            continue
        bounded = any(rule.bounded for each in action.targets for rule in each.fields.values())
        if action.policy == "human_only":
            text = "Of an action for people alone somebody else approves an edit: use 'second'."
            yield ("actions", name, "edits"), text
        elif not bounded:
            text = "Nobody approves their own edit of a field without bounds, and none has any: "
            yield ("actions", name, "edits"), text + "give a field bounds, or use 'second'."


def unknown_reasons(definition: WorkflowDefinition) -> Iterator[Finding]:
    """Yield conditions that compare the reason with a code that the action does not know."""
    for place, text in definition.conditions():
        action = definition.actions.get(str(place[1])) if place[0] == "actions" else None
        if action is None or not action.reasons:
            continue
        for code in sorted(_reasons_in(text) - set(action.reasons)):
            yield place, f"Unknown reason {code!r}; the action knows {', '.join(action.reasons)}."


def _states_named(definition: WorkflowDefinition) -> Iterator[tuple[Place, str]]:
    for name, state in definition.states.items():
        for number, way_out in enumerate(state.exits):
            yield ("states", name, "exits", number, "to"), way_out.to
    for number, trigger in enumerate(definition.triggers):
        yield ("triggers", number, "start"), trigger.start


def _actions_named(definition: WorkflowDefinition) -> Iterator[tuple[Place, str]]:
    for number, anomaly in enumerate(definition.anomalies):
        yield ("anomalies", number, "watch"), anomaly.watch
    for number, window in enumerate(definition.windows):
        for position, action in enumerate(window.actions):
            yield ("windows", number, "actions", position), action


def _reasons_in(condition: str) -> set[str]:
    compared = {found[1] for found in REASON_COMPARED.findall(condition)}
    listed = {
        found[1] for text in REASON_LISTED.findall(condition) for found in QUOTED.findall(text)
    }
    return compared | listed
