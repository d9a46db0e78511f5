"""The first proposal as a command to copy: a real record, a real field, a key by its name. Pure."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.connectors.base import FieldDescription
from orchestrator.workflows.definition import ActionDefinition, FieldRule, Target

KEY_NAME = "COUNTERSIGN_KEY"
NO_RECORD = "<record id>"
SAYING = "First proposal: looked at together"
NUMBERS = {"int", "double", "currency", "percent"}
SAMPLES = {"url": "https://example.com", "phone": "+1 555 0100", "email": "first@example.com"}
# Dates and references need more thought than a sample can have.
PLAIN = {"string", "textarea", "picklist", "combobox", "boolean", *NUMBERS, *SAMPLES}


@dataclass(frozen=True, slots=True)
class Sample:
    """A record of the org to propose something about."""

    record_id: str
    values: Mapping[str, Any]
    fields: Mapping[str, FieldDescription]


NOTHING_READ = Sample(NO_RECORD, {}, {})


def action_to_begin_with(actions: Mapping[str, ActionDefinition]) -> str:
    """Return the first action that updates records, or simply the first."""
    updating = (name for name, action in actions.items() if target_of(action) is not None)
    return next(updating, next(iter(actions)))


def target_of(action: ActionDefinition) -> Target | None:
    """Return the part of an action that updates records, if it has one."""
    updating = (each for each in action.targets if "update" in each.operations and each.fields)
    return next(updating, None)


def body_of(
    *, workflow: str, name: str, action: ActionDefinition, sample: Sample, address: str
) -> dict[str, Any]:
    """Return what the request says; what cannot be known is left to fill in."""
    target = target_of(action)
    change: dict[str, Any] = {"op": "update", "object": action.object, "id": sample.record_id}
    if target is not None:
        field, value = _value(target, sample)
        change |= {"object": target.object, "fields": {field: value}}
    return {
        "workflow": workflow,
        "action": name,
        "reason": {
            "code": (action.reasons or ["first_try"])[0],
            "text": "A first proposal, to try.",
        },
        "confidence": 0.9,
        "evidence": [_evidence(kind, address) for kind in _kinds(action)],
        "changes": [change],
    }


def command(*, address: str, body: Mapping[str, Any], once: str) -> str:
    """Return the call as a shell takes it; the key stands in a variable, never in the command."""
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return "\n".join(
        (
            f"curl -sS -X POST {shlex.quote(f'{address}/api/v1/proposals')} \\",
            f'  -H "Authorization: Bearer ${KEY_NAME}" \\',
            f"  -H 'Idempotency-Key: {once}' \\",
            "  -H 'Content-Type: application/json' \\",
            f"  --data {shlex.quote(text)}",
        )
    )


def _value(target: Target, sample: Sample) -> tuple[str, Any]:
    """Return a field and a value that the workflow lets in and that is not there already."""
    ordered = sorted(target.fields.items(), key=lambda each: _rank(each[0], each[1], sample))
    for name, rule in ordered:
        value = _one_value(rule, sample.fields.get(name), sample.values.get(name))
        if value is not None and value != sample.values.get(name):
            return name, value
    return ordered[0][0], SAYING


def _rank(name: str, rule: FieldRule, sample: Sample) -> int:
    """Begin with free text: it harms least and shows best."""
    described = sample.fields.get(name)
    if described is not None and not described.updateable:
        return 3
    if rule.allowed:
        return 1
    return 0 if described is None or described.type in ("string", "textarea") else 2


def _one_value(rule: FieldRule, described: FieldDescription | None, present: Any) -> Any:
    if rule.allowed:
        return next((each for each in rule.allowed if each != present), None)
    kind = described.type if described else "string"
    if kind not in PLAIN:
        return None
    if kind in NUMBERS:
        return _number(rule, present)
    if kind == "boolean":
        return not present
    if kind in SAMPLES:
        return SAMPLES[kind]
    if described is not None and described.picklist:
        return next((each for each in described.picklist if each != present), None)
    return SAYING[: rule.max_length or (described.length if described else 0) or None]


def _number(rule: FieldRule, present: Any) -> float:
    wanted = float(present) + 1 if isinstance(present, (int, float)) else 1.0
    if rule.max is not None and wanted > rule.max:
        wanted = rule.max
    return max(wanted, rule.min) if rule.min is not None else wanted


def _kinds(action: ActionDefinition) -> Sequence[str]:
    need = action.evidence
    return ["quote"] if need is None else [need.kinds[0]] * need.at_least


def _evidence(kind: str, address: str) -> dict[str, Any]:
    title = "Why this is worth a try"
    if kind == "quote":
        return {"kind": kind, "title": title, "quote": "Somebody is setting Countersign up."}
    return {"kind": kind, "title": title, "href": f"{address}/start/"}
