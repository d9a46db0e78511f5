"""The stuck deal agent: a deal 30 days in one stage gets a lower forecast and a follow-up task."""

import datetime as dt
from typing import Any

from orchestrator.demo.agents.worker import ExampleAgent, Suggestion
from orchestrator.kernel import clock

STUCK_AFTER_DAYS = 30
CLOSED_STAGES = {"Closed Won", "Closed Lost"}
LOWER = {"Commit": "Pipeline", "Best Case": "Pipeline", "Forecast": "Pipeline"}


class StuckDeals(ExampleAgent):
    """Watches open opportunities."""

    object_name = "Opportunity"

    def suggestion(self, record: dict[str, Any]) -> Suggestion | None:
        """Return a lower forecast for a deal that has not moved for a month."""
        fields = record["fields"]
        moved = _moment(fields.get("LastStageChangeDate"))
        if moved is None or fields["StageName"] in CLOSED_STAGES:
            return None
        days = (clock.now() - moved).days
        forecast = LOWER.get(str(fields.get("ForecastCategoryName")))
        if days < STUCK_AFTER_DAYS or forecast is None:
            return None
        return Suggestion(
            key=f"stuck-{record['id']}-{moved:%Y%m%d}",
            body=_proposal(record, fields, days=days, forecast=forecast),
        )

    def answer(self, proposal: dict[str, Any]) -> dict[str, Any] | None:
        """Answer with the same change and the record's own history as further evidence."""
        content = proposal["content"]
        evidence = [
            *content["evidence"],
            {
                "kind": "salesforce",
                "title": "Opportunity history: no stage change in the period",
                "href": content["evidence"][0]["href"],
            },
        ]
        return {
            "reason": content["reason"],
            "confidence": content["confidence"],
            "evidence": [_given(item) for item in evidence],
            "changes": [_given(change) for change in content["changes"]],
            "answer": "The history shows no stage change and no reply; it is attached.",
        }


def _proposal(
    record: dict[str, Any], fields: dict[str, Any], *, days: int, forecast: str
) -> dict[str, Any]:
    return {
        "workflow": "deal-hygiene",
        "action": "lower_forecast",
        "title": f"{days} days in {fields['StageName']}: {record['label']}",
        "reason": {
            "code": "stalled_30d",
            "text": f"The deal has stood in {fields['StageName']} for {days} days without a "
            "verified exit criterion. The forecast should not count on it until it moves.",
        },
        "confidence": round(min(0.55 + days / 300, 0.95), 2),
        "evidence": [
            {
                "kind": "salesforce",
                "title": f"Last stage change {fields['LastStageChangeDate'][:10]}",
                "href": record["url"],
                "supports": ["/changes/0/fields/ForecastCategoryName"],
            }
        ],
        "changes": [_lower(record, fields, forecast), _follow_up(record)],
    }


def _lower(record: dict[str, Any], fields: dict[str, Any], forecast: str) -> dict[str, Any]:
    probability = min(int(fields.get("Probability") or 0), 30)
    return {
        "op": "update",
        "object": "Opportunity",
        "id": record["id"],
        "fields": {"ForecastCategoryName": forecast, "Probability": probability},
        "expect": {"StageName": fields["StageName"]},
        "depends_on": ["StageName"],
    }


def _follow_up(record: dict[str, Any]) -> dict[str, Any]:
    due = clock.now().date() + dt.timedelta(days=2)
    return {
        "op": "create",
        "object": "Task",
        "fields": {
            "Subject": f"Ask for the next step: {record['label']}"[:255],
            "Status": "Not Started",
            "Priority": "Normal",
            "ActivityDate": due.isoformat(),
            "WhatId": record["id"],
        },
    }


def _moment(text: Any) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Return only what was given: the contract refuses empty links and ids."""
    return {name: value for name, value in values.items() if value not in ("", None)}
