"""The records: are they there, writable, as the agent believed, and would they change?"""

from orchestrator.policy.situation import Situation, as_number
from orchestrator.policy.verdict import Finding, Outcome, RequestedChange

RULE = "records"


def judge(situation: Situation) -> list[Finding]:
    """Refuse what cannot be written at all; ask people where the agent believed otherwise."""
    if not situation.facts.prepared:
        return []
    changes = situation.request.changes
    findings = [finding for change in changes for finding in _impossible(change)]
    if findings:
        return findings
    if all(change.operation == "update" and not _differs(change) for change in changes):
        return [
            Finding(RULE, Outcome.REFUSE, "no_change",
                    "The records already have the proposed values.", "failed")
        ]  # fmt: skip
    findings = [finding for change in changes for finding in _disbelieved(change)]
    if situation.facts.record_moved:
        findings.append(
            Finding(RULE, Outcome.REVIEW, "record_moved",
                    "The record changed after the earlier approval; people decide again.", "failed")
        )  # fmt: skip
    return findings or [
        Finding(RULE, Outcome.AUTOMATIC, "records_read", "We read every record ourselves.")
    ]


def same(left: object, right: object) -> bool:
    """Say whether two values are the same to the CRM: 5, 5.0 and "5.00" are."""
    if left == right:
        return True
    numbers = (as_number(left), as_number(right))
    return None not in numbers and numbers[0] == numbers[1]


def _differs(change: RequestedChange) -> bool:
    base = change.base or {}
    return any(not same(base.get(name), value) for name, value in change.fields.items())


def _impossible(change: RequestedChange) -> list[Finding]:
    where = f"{change.object_name} {change.record_id}".strip()
    if change.exists is False and change.operation != "create":
        text = f"{where} is not in the CRM, or our user cannot see it."
        return [Finding(RULE, Outcome.REFUSE, "record_not_found", text, "failed")]
    return [
        Finding(RULE, Outcome.REFUSE, "field_not_writable", f"{where}: {name} {why}", "failed")
        for name, why in change.unwritable.items()
    ]


def _disbelieved(change: RequestedChange) -> list[Finding]:
    base = change.base or {}
    return [
        Finding(
            RULE,
            Outcome.REVIEW,
            "expectation_differs",
            f"The agent believed {change.object_name}.{name} was {value!r}; we read "
            f"{base.get(name)!r}.",
            "failed",
        )
        for name, value in change.expect.items()
        if not same(base.get(name), value)
    ]
