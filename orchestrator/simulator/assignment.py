"""Assignment rules: without a header that says FALSE, saving a case or lead may re-own it."""

from orchestrator.simulator import tracking
from orchestrator.simulator.calls import Context
from orchestrator.simulator.fields import ObjectType
from orchestrator.simulator.store import Row

BILLING, SUPPORT, INBOUND = "Billing", "Support Tier 1", "Inbound Leads"


def apply(context: Context, kind: ObjectType, row: Row) -> None:
    """Give a saved case or lead to the queue its rule names, and tell the queue by e-mail."""
    if kind.name not in ("Case", "Lead") or not context.org.switches["assignment_rules"]:
        return
    if context.headers.get("sforce-auto-assign", "").strip().upper() == "FALSE":
        return
    queue_id = context.org.queue_id(_queue_for(kind, row))
    if queue_id is None or row["OwnerId"] == queue_id:
        return
    owned = {**row, "OwnerId": queue_id}
    context.org.store.put(kind.name, row["Id"], owned)
    tracking.record_change(context, kind, row, owned, operation="assignment")
    # Sent after the commit: a rolled back save sends nothing.
    tracking.note(context, kind, row["Id"], "email", {"to": {"old": None, "new": queue_id}})


def _queue_for(kind: ObjectType, row: Row) -> str:
    if kind.name == "Lead":
        return INBOUND
    return BILLING if "Billing" in (row["Type"], row["Category__c"]) else SUPPORT
