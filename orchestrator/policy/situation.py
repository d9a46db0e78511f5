"""One case to judge: the request, the facts, and the action's definition, side by side. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.policy import conditions
from orchestrator.policy.conditions import Judgement
from orchestrator.policy.verdict import Facts, Request, RequestedChange
from orchestrator.workflows.definition import ActionDefinition, WorkflowDefinition


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a rule may look at."""

    request: Request
    facts: Facts
    definition: WorkflowDefinition
    action: ActionDefinition

    def variables(self, change: RequestedChange) -> dict[str, Any]:
        """Return what a condition may speak of, for one change."""
        base = conditions.plain(change.base or {})
        confidence = self.request.confidence
        return {
            "record": base,
            "change": {"old": base, "new": {**base, **conditions.plain(new_values(change))}},
            "entered": {},
            "agent": self.facts.agent_slug,
            "action": self.request.action,
            "reason": self.request.reason_code,
            "confidence": -1.0 if confidence is None else float(confidence),
        }

    def judgements(self, condition: str) -> Iterator[Judgement]:
        """Judge a condition for every change of the request."""
        for change in self.request.changes:
            yield conditions.judge(condition, self.variables(change))

    def holds_or_unclear(self, condition: str) -> bool:
        """Say whether a condition holds for any change, or cannot be judged for one."""
        return any(judgement != Judgement.FALSE for judgement in self.judgements(condition))


def new_values(change: RequestedChange) -> Mapping[str, Any]:
    """Return the new values, decimal strings as numbers where the old value is a number."""
    base = change.base or {}
    return {
        name: as_number(value) if as_number(base.get(name)) is not None else value
        for name, value in change.fields.items()
    }


def as_number(value: Any) -> float | None:
    """Return a number for a number or a decimal string, else None."""
    if isinstance(value, bool) or value is None:
        return None
    if not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None
