"""An agent as a developer writes one: a key, httpx, and the public REST contract."""

import itertools
import time
from typing import Any

import httpx

PATIENCE_SECONDS = 90
REASON = "No mail and no meeting since 12 October, and the exit criteria are not met."
_numbers = itertools.count(time.time_ns())


class Agent:
    """What an agent can do with its key."""

    def __init__(self, address: str, key: str) -> None:
        """Open a connection that shows the key."""
        self.http = httpx.Client(
            base_url=f"{address}/api/v1",
            headers={"Authorization": f"Bearer {key}"},
            timeout=PATIENCE_SECONDS,
            trust_env=False,
        )

    def propose(self, body: dict[str, Any]) -> str:
        """Propose and return the number of the proposal."""
        headers = {"Idempotency-Key": f"journey-{next(_numbers)}"}
        answer = self.http.post("/proposals", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def lower_forecast(self, deal: str, *, next_step: str = "Call the buyer", **more: Any) -> str:
        """Propose what a stuck deal gets; return once it waits for people."""
        number = self.propose(forecast(deal, next_step=next_step, **more))
        self.wait_for(number, "in_review")
        return number

    def revise(self, number: str, body: dict[str, Any], *, answer: str = "") -> None:
        """Hand in a new revision of a proposal."""
        content = {name: body[name] for name in ("reason", "evidence", "changes", "confidence")}
        sent = {**content, "answer": answer} if answer else content
        reply = self.http.post(f"/proposals/{number}/revisions", json=sent)
        assert reply.status_code == 201, reply.text

    def see(self, number: str, *, wait: int = 0) -> dict[str, Any]:
        """Return the proposal as the agent may see it."""
        answer = self.http.get(f"/proposals/{number}", params={"wait": wait})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def wait_for(self, number: str, state: str) -> dict[str, Any]:
        """Return the proposal once it is in a state that has been prepared, by long poll."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            seen = self.see(number)
            if seen["state"] == state:
                return seen
            assert time.monotonic() < ends, f"It is {seen['state']}: {seen['outcome']}"
            self.see(number, wait=1)


def forecast(
    deal: str, *, next_step: str, category: str = "Pipeline", reason: str = REASON, **more: Any
) -> dict[str, Any]:
    """Return the body of a proposal that lowers a deal's forecast."""
    return {
        "workflow": "deal-hygiene",
        "action": "lower_forecast",
        "title": "Nothing has moved for 41 days",
        "reason": {"code": "stalled_30d", "text": reason},
        "confidence": 0.84,
        "evidence": [
            {
                "kind": "quote",
                "title": "Mail of 12 October",
                "href": "https://mail.example.com/threads/81",
                "quote": "We will come back to you when the budget is clear.",
                "supports": ["/changes/0/fields/ForecastCategoryName"],
            }
        ],
        "changes": [
            {
                "op": "update",
                "object": "Opportunity",
                "id": deal,
                "fields": {"ForecastCategoryName": category, "NextStep": next_step},
                **more,
            }
        ],
    }
