"""Assignment rules: without a header that says FALSE, saving may re-own or re-assign a record."""

from collections.abc import Callable, Mapping

from orchestrator.simulator import ids, tracking
from orchestrator.simulator.calls import Context
from orchestrator.simulator.errors import refusal
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.objects import rules
from orchestrator.simulator.store import Row

BILLING, SUPPORT, INBOUND = "Billing", "Support Tier 1", "Inbound Leads"
TERRITORY_OF = {
    "Germany": "DACH", "Austria": "DACH", "Switzerland": "DACH", "Sweden": "Nordics",
    "Norway": "Nordics", "Denmark": "Nordics", "Finland": "Nordics",
    "United Kingdom": "UK & Ireland", "Ireland": "UK & Ireland", "Spain": "Iberia",
    "Portugal": "Iberia", "Belgium": "Benelux", "Netherlands": "Benelux",
    "Luxembourg": "Benelux", "France": "France", "United States": "North America",
    "Canada": "North America",
}  # fmt: skip


def apply(context: Context, kind: ObjectType, row: Row) -> None:
    """
    Let the active rule, or the one a header names, decide about a saved record.

    :raises Refusal: if the header names no rule of this object
    """
    if kind.name not in ("Account", "Case", "Lead") or not context.org.switches["assignment_rules"]:
        return
    asked = context.headers.get("sforce-auto-assign", "").strip()
    if asked.upper() == "FALSE":
        return
    given = RULES[_rule(context, kind, asked)](context, row)
    if all(row[name] == value for name, value in given.items()):
        return
    assigned = {**row, **given}
    context.org.store.put(kind.name, row["Id"], assigned)
    tracking.record_change(context, kind, row, assigned, operation="assignment")
    if "OwnerId" in given:
        # Sent after the commit: a rolled back save sends nothing.
        to = {"to": {"old": None, "new": given["OwnerId"]}}
        tracking.note(context, kind, row["Id"], "email", to)


def _rule(context: Context, kind: ObjectType, asked: str) -> str:
    """Return the name of the rule that is to run: the active one, or the one with that id."""
    if ids.full_id(asked) is None:
        return next(name for name, of, active in rules.RULES if of == kind.name and active)
    row = context.org.store.row("AssignmentRule", ids.full_id(asked) or "")
    if row is None or row["SobjectType"] != kind.name:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    return str(row["Name"])


def _queue(context: Context, name: str) -> Row:
    queue_id = context.org.queue_id(name)
    return {} if queue_id is None else {"OwnerId": queue_id}


def _support(context: Context, row: Row) -> Row:
    billing = "Billing" in (row["Type"], row["Category__c"])
    return _queue(context, BILLING if billing else SUPPORT)


def _territory(_context: Context, row: Row) -> Row:
    territory = TERRITORY_OF.get(row["BillingCountry"] or "")
    return {} if territory is None else {"Territory__c": territory}


RULES: Mapping[str, Callable[[Context, Row], Row]] = {
    rules.SUPPORT_ROUTING: _support,
    rules.ALL_TO_BILLING: lambda context, _row: _queue(context, BILLING),
    rules.INBOUND_LEADS: lambda context, _row: _queue(context, INBOUND),
    rules.TERRITORIES: _territory,
}
