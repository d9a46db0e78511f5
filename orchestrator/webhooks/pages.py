"""What the pages of webhooks show."""

import json
from typing import Any
from urllib.parse import urlencode

from orchestrator.agents.models import Agent
from orchestrator.agents.states import AgentState
from orchestrator.webhooks import queries
from orchestrator.webhooks.forms import EndpointForm, EventsForm, ReplayForm, RotateForm
from orchestrator.webhooks.models import Delivery, Endpoint
from orchestrator.webhooks.replaying import FINISHED
from orchestrator.webhooks.states import DeliveryState, EndpointState

TABS = (
    ("", "All"),
    (DeliveryState.PENDING, "Waiting"),
    (DeliveryState.DELIVERED, "Delivered"),
    (DeliveryState.DEAD, "Given up"),
)


def list_of(agent: Agent, form: EndpointForm | None = None) -> dict[str, Any]:
    """Return everything that the page of an agent's webhooks shows."""
    return {
        "agent": agent,
        "endpoints": list(queries.endpoints_of(agent=agent)),
        "form": (form or EndpointForm()) if agent.state != AgentState.RETIRED else None,
    }


def endpoint_page(agent: Agent, endpoint: Endpoint, *, state: str, after: str) -> dict[str, Any]:
    """Return everything that one endpoint's page shows."""
    state = state if state in DeliveryState.values() else ""
    page = queries.log_of(endpoint=endpoint, state=state, after=after)
    return {
        "agent": agent,
        "endpoint": endpoint,
        "active": endpoint.state == EndpointState.ACTIVE,
        "rows": page.rows,
        "tabs": [
            {"title": title, "href": _href(name), "current": name == state} for name, title in TABS
        ],
        "first_href": _href(state) if after else "",
        "next_href": _href(state, after=page.after) if page.after else "",
        "events_form": EventsForm(initial={"events": endpoint.events}),
        "rotate_form": RotateForm(),
        "replay_form": ReplayForm(),
    }


def delivery_page(agent: Agent, delivery: Delivery) -> dict[str, Any]:
    """Return everything that one message's page shows."""
    return {
        "agent": agent,
        "endpoint": delivery.endpoint,
        "delivery": delivery,
        "body": json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False),
        "attempts": queries.attempts_of(delivery=delivery),
        "replayable": delivery.state in FINISHED,
    }


def _href(state: str, **more: str) -> str:
    return "?" + urlencode({name: text for name, text in {"state": state, **more}.items() if text})
