"""Field rules: which values, how far from the old one, and which writers."""

import datetime as dt
from typing import Any

from orchestrator.policy.situation import Situation, as_number
from orchestrator.policy.verdict import Finding, Outcome, RequestedChange
from orchestrator.workflows.definition import FieldRule

RULE = "fields"


def judge(situation: Situation) -> list[Finding]:
    """Refuse values outside the action's bounds, fields of other writers, and unlisted fields."""
    findings: list[Finding] = []
    for change in situation.request.changes:
        rules = _rules(situation, change)
        if rules is None:
            text = f"The action does not {change.operation} {change.object_name} records."
            findings.append(_refusal("target_not_in_action", text))
            continue
        for name, value in change.fields.items():
            if name not in rules:
                text = f"The action does not write {change.object_name}.{name}."
                findings.append(_refusal("field_not_in_action", text))
            else:
                findings += _broken(change, name, value, rules[name])
            findings += _foreign(situation, change, name)
    return findings or [
        Finding(RULE, Outcome.AUTOMATIC, "values_in_bounds", "Every value is within its bounds.")
    ]


def _refusal(code: str, text: str) -> Finding:
    return Finding(RULE, Outcome.REFUSE, code, text, "failed")


def _rules(situation: Situation, change: RequestedChange) -> dict[str, FieldRule] | None:
    for target in situation.action.targets:
        if target.object == change.object_name and change.operation in target.operations:
            return dict(target.fields)
    return None


def _foreign(situation: Situation, change: RequestedChange, name: str) -> list[Finding]:
    ownership = situation.definition.fields.get(f"{change.object_name}.{name}")
    if ownership is None or situation.facts.grants is None or not ownership.writers:
        return []
    if situation.facts.agent_slug in ownership.writers:
        return []
    writers = ", ".join(ownership.writers)
    text = f"{change.object_name}.{name} is written by {writers} alone."
    return [_refusal("writer_not_allowed", text)]


def _broken(change: RequestedChange, name: str, value: Any, rule: FieldRule) -> list[Finding]:
    label = f"{change.object_name}.{name}"
    findings = []
    if rule.allowed is not None and value not in rule.allowed:
        allowed = ", ".join(str(item) for item in rule.allowed)
        findings.append(
            _refusal("value_not_allowed", f"{label}: {value!r} is not one of {allowed}.")
        )
    if rule.max_length is not None and len(str(value or "")) > rule.max_length:
        findings.append(
            _refusal("value_too_long", f"{label}: at most {rule.max_length} characters.")
        )
    findings += _out_of_range(label, value, rule)
    if change.base is not None:
        findings += _too_far(label, change.base.get(name), value, rule)
    return findings


def _out_of_range(label: str, value: Any, rule: FieldRule) -> list[Finding]:
    if rule.min is None and rule.max is None:
        return []
    number = as_number(value)
    if number is None:
        return [_refusal("value_not_a_number", f"{label}: {value!r} is not a number.")]
    if rule.min is not None and number < rule.min:
        return [_refusal("value_too_small", f"{label}: {value} is below {rule.min:,.10g}.")]
    if rule.max is not None and number > rule.max:
        return [_refusal("value_too_large", f"{label}: {value} is above {rule.max:,.10g}.")]
    return []


def _too_far(label: str, old: Any, new: Any, rule: FieldRule) -> list[Finding]:
    findings = []
    if rule.max_change_pct is not None:
        findings += _too_large_a_change(label, as_number(old), as_number(new), rule.max_change_pct)
    if rule.max_shift_days is not None:
        findings += _too_long_a_shift(label, _date(old), _date(new), rule.max_shift_days)
    return findings


def _too_large_a_change(
    label: str, old: float | None, new: float | None, limit: float
) -> list[Finding]:
    if new is None or not old:
        text = f"{label}: the change in per cent cannot be told from an empty or zero value."
        return [Finding(RULE, Outcome.REVIEW, "change_not_measurable", text, "note")]
    change = abs(new - old) / abs(old) * 100
    if change <= limit:
        return []
    text = f"{label}: a change of {change:.1f} % is above the limit of {limit:,.10g} %."
    return [_refusal("change_too_large", text)]


def _too_long_a_shift(
    label: str, old: dt.date | None, new: dt.date | None, limit: int
) -> list[Finding]:
    if old is None or new is None:
        text = f"{label}: the shift in days cannot be told without two dates."
        return [Finding(RULE, Outcome.REVIEW, "shift_not_measurable", text, "note")]
    days = abs((new - old).days)
    if days <= limit:
        return []
    return [_refusal("shift_too_long", f"{label}: {days} days is above the limit of {limit} days.")]


def _date(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
