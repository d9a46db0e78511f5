"""The deal desk agent: reads signals about deals and proposes stages, amounts and close dates."""

import datetime as dt
import hashlib
from typing import Any

from orchestrator.demo.agents.worker import ExampleAgent, Suggestion

NEXT_STAGE = {
    "Prospecting": "Qualification",
    "Qualification": "Proposal",
    "Proposal": "Negotiation",
}
SIGNALS = {
    "Prospecting": "Thanks for the call. We have the budget for this year and want to see a plan.",
    "Qualification": "Security has no open questions. Please send us your offer.",
    "Proposal": "Procurement has the offer on the table; legal comments follow on Monday.",
}


class DealDesk(ExampleAgent):
    """Watches open opportunities for signs that they moved, or that their date did."""

    object_name = "Opportunity"

    def suggestion(self, record: dict[str, Any]) -> Suggestion | None:
        """Return a stage change, or for every third deal a new amount or close date."""
        stage = str(record["fields"].get("StageName"))
        if stage not in NEXT_STAGE:
            return None
        draw = hashlib.sha256(record["id"].encode()).digest()[0]
        if draw % 3 == 0:
            return _money(record, draw)
        return _stage(record, stage, draw)

    def answer(self, proposal: dict[str, Any]) -> dict[str, Any] | None:
        """Leave questions about money and stages to a person."""
        return None


def _stage(record: dict[str, Any], stage: str, draw: int) -> Suggestion:
    target = NEXT_STAGE[stage]
    confidence = round(0.5 + (draw % 50) / 100, 2)
    return Suggestion(
        key=f"stage-{record['id']}-{target}",
        body={
            "workflow": "revenue-operations",
            "action": "change_stage",
            "title": f"The buyer is ready for {target}",
            "reason": {
                "code": "exit_criteria_met",
                "text": f"The buyer's last mail meets the exit criteria of {stage}.",
            },
            "confidence": confidence,
            "evidence": [_mail(record, SIGNALS[stage], "/changes/0/fields/StageName")],
            "changes": [_update(record, {"StageName": target}, expect={"StageName": stage})],
        },
    )


def _money(record: dict[str, Any], draw: int) -> Suggestion | None:
    fields = record["fields"]
    amount, close = fields.get("Amount"), fields.get("CloseDate")
    if not amount or not close:
        return None
    if draw % 2:
        later = dt.date.fromisoformat(close) + dt.timedelta(days=14 + draw % 45)
        wish: dict[str, Any] = {"CloseDate": later.isoformat()}
        code, words = "buyer_moved_date", f"We can sign on {later:%d %B %Y}, not before."
    else:
        raised = round(float(amount) * (1.05 + (draw % 20) / 100), -2)
        wish = {"Amount": raised}
        code, words = "scope_changed", f"Please add the second site: {raised:,.0f} in total."
    name = next(iter(wish))
    return Suggestion(
        key=f"{name.lower()}-{record['id']}-{wish[name]}",
        body={
            "workflow": "revenue-operations",
            "action": "change_amount",
            "title": f"The buyer named another {'amount' if name == 'Amount' else 'date'}",
            "reason": {"code": code, "text": "The buyer wrote this; the record does not say it."},
            "confidence": round(0.7 + (draw % 25) / 100, 2),
            "evidence": [_mail(record, words, f"/changes/0/fields/{name}")],
            "changes": [_update(record, wish, expect={name: fields.get(name)})],
        },
    )


def _mail(record: dict[str, Any], words: str, supports: str) -> dict[str, Any]:
    return {
        "kind": "quote",
        "title": f"Mail to the account team about {record['label']}",
        "href": record["url"],
        "quote": words,
        "supports": [supports],
    }


def _update(
    record: dict[str, Any], wish: dict[str, Any], *, expect: dict[str, Any]
) -> dict[str, Any]:
    return {
        "op": "update",
        "object": "Opportunity",
        "id": record["id"],
        "fields": wish,
        "expect": expect,
    }
