"""An agent with a key, and a client that speaks for it."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from orchestrator.agents.models import Agent
from orchestrator.connectors.base import RecordKey
from tests.factories import OPPORTUNITY, create_granted_agent, create_workflow, issue_key
from tests.fake_connector import FakeCrm

BODY: dict[str, Any] = {
    "workflow": "deal-hygiene",
    "action": "change_stage",
    "title": "Northwind has not moved",
    "reason": {"code": "stalled_30d", "text": "No activity for 42 days."},
    "confidence": 0.8,
    "evidence": [{"kind": "url", "title": "Call notes", "href": "https://notes.example.com/1"}],
    "changes": [
        {
            "op": "update",
            "object": "Opportunity",
            "id": OPPORTUNITY,
            "fields": {"StageName": "Qualification"},
        }
    ],
}


@dataclass
class Door:
    """The REST door, with one agent's key in hand."""

    agent: Agent
    key: str
    http: Client

    def get(self, path: str, **query: Any) -> Any:
        """Ask."""
        return self.http.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Send JSON, or raw bytes as they are."""
        return self.http.post(
            f"/api/v1{path}",
            body if isinstance(body, bytes) else json.dumps(body),
            content_type="application/json",
            headers={**self.headers, **headers},
        )

    def delete(self, path: str) -> Any:
        """Take back."""
        return self.http.delete(f"/api/v1{path}", headers=self.headers)

    def propose(self, key: str = "key-1", **changes: Any) -> Any:
        """Propose the standard change, altered."""
        return self.post("/proposals", {**BODY, **changes}, **{"Idempotency-Key": key})

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that shows the key."""
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture
def record(crm: FakeCrm) -> RecordKey:
    """Return the record that the standard body changes."""
    return crm.add(
        "Opportunity",
        OPPORTUNITY,
        Name="Northwind renewal",
        AccountId="001000000000001AAA",
        StageName="Prospecting",
        Amount=20000.0,
        CloseDate="2026-12-15",
        NextStep="Call",
    )


@pytest.fixture
def door(db: None, record: RecordKey) -> Door:
    """Return the door for an agent that may change stages."""
    cache.clear()
    agent = create_granted_agent(workflow=create_workflow(), slug="hygiene-agent")
    return Door(agent, issue_key(agent=agent), Client())
