"""Duplicate rules: what a record looks too much like, and who may save it all the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.simulator.calls import Context
from orchestrator.simulator.errors import ApiError, Refusal
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.store import Row

HEADER = "sforce-duplicate-rule-header"
MESSAGE = "Use one of these records?"


@dataclass(frozen=True, slots=True)
class Match:
    """One matching rule: the same text in a field of ours and of another object's records."""

    field: str
    object_name: str


BY_OBJECT: Mapping[str, tuple[Match, ...]] = {
    "Account": (Match("Name", "Account"),),
    "Contact": (Match("Email", "Contact"), Match("Email", "Lead")),
    "Lead": (Match("Email", "Lead"), Match("Email", "Contact")),
}


def check(context: Context, kind: ObjectType, old: Row | None, new: Row) -> None:
    """
    Refuse a record that looks like others, unless the rule only alerts and the caller insists.

    :raises Refusal: DUPLICATES_DETECTED, listing them
    """
    switches = context.org.switches
    if not switches["duplicate_rules"]:
        return
    asked = _asked(context)
    alert = switches["duplicate_rule_action"] == "alert"
    if alert and asked.get("allowsave") == "true":
        return
    results = [
        _result(context, kind, match, found, details=asked.get("includerecorddetails") == "true")
        for match in BY_OBJECT.get(kind.name, ())
        if (found := _matches(context, match, old, new))
    ]
    if results:
        body = {
            "allowSave": alert,
            "duplicateRule": f"Standard_{kind.name}_Duplicate_Rule",
            "duplicateRuleEntityType": kind.name,
            "errorMessage": MESSAGE,
            "matchResults": results,
        }
        raise Refusal(400, ApiError("DUPLICATES_DETECTED", MESSAGE, (), {"duplicateResult": body}))


def _asked(context: Context) -> dict[str, str]:
    """Return what the header asks for: `allowSave=true; includeRecordDetails=true`."""
    parts = context.headers.get(HEADER, "").replace(",", ";").lower().split(";")
    pairs = (part.partition("=") for part in parts)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _matches(context: Context, match: Match, old: Row | None, new: Row) -> list[Row]:
    text = _plain(new[match.field])
    if not text or (old is not None and _plain(old[match.field]) == text):
        return []
    return [
        dict(row) for row in context.org.store.rows(match.object_name)
        if not row["IsDeleted"] and row["Id"] != new["Id"] and _plain(row[match.field]) == text
    ]  # fmt: skip


def _plain(value: Any) -> str:
    return " ".join(str(value or "").casefold().split())


def _result(
    context: Context, kind: ObjectType, match: Match, found: list[Row], *, details: bool
) -> dict[str, Any]:
    return {
        "entityType": match.object_name,
        "errors": [],
        "matchEngine": "ExactMatchEngine",
        "matchRecords": [
            {
                "additionalInformation": [],
                "fieldDiffs": [],
                "matchConfidence": 100.0,
                "record": _record(context, match.object_name, row, details=details),
            }
            for row in found
        ],
        "rule": f"Standard_{kind.name}_Match_Rule_{match.field}",
        "size": len(found),
        "success": True,
    }


def _record(context: Context, name: str, row: Row, *, details: bool) -> dict[str, Any]:
    url = f"{context.base}/sobjects/{name}/{row['Id']}"
    attributes = {"attributes": {"type": name, "url": url}, "Id": row["Id"]}
    seen = context.org.permissions.named(context.user_id, name)
    if not details or seen is None:
        return attributes
    values = {field.name: row[field.name] for field in seen.fields.values()}
    return {**attributes, **{key: one for key, one in values.items() if one is not None}}
