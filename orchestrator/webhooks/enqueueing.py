"""Putting messages in the queue: rows in the caller's transaction, and a wake-up after it."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from orchestrator.agents.states import AgentState
from orchestrator.kernel import wakeups
from orchestrator.kernel.bulk_rows import insert_rows
from orchestrator.webhooks.models import Delivery, Endpoint, new_message_id
from orchestrator.webhooks.states import DeliveryState, EndpointState

DELIVER = "deliver-webhooks"
# Standard Webhooks asks for small messages; what does not fit is read with a key.
MOST_BYTES = 20 * 1024
LISTENING = (EndpointState.ACTIVE, EndpointState.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """What an agent's endpoints are told: what happened, when, and to which subject."""

    agent_id: str
    event: str
    at: dt.datetime
    subject_id: str
    data: Mapping[str, Any]


class TooLong(ValueError):
    """A message is longer than an endpoint can be asked to take."""


def enqueue(*, events: Sequence[NewEvent], at: dt.datetime) -> int:
    """
    Put each event in the queue of every endpoint that is told of it; return how many messages.

    :raises TooLong: if a message would be longer than MOST_BYTES
    """
    endpoints = _listening({event.agent_id for event in events})
    rows = []
    for event in events:
        told = [
            endpoint_id
            for endpoint_id, told_of in endpoints.get(event.agent_id, ())
            if not told_of or event.event in told_of
        ]
        body = body_of(event) if told else ""
        rows += [_row(event, endpoint_id, body, at) for endpoint_id in told]
    insert_rows(Delivery, rows)
    if rows:
        transaction.on_commit(wake)
    return len(rows)


def enqueue_for(*, endpoint: Endpoint, event: NewEvent, at: dt.datetime) -> Delivery:
    """Put one event in the queue of one endpoint, whatever it is told of."""
    row = _row(event, endpoint.pk, body_of(event), at)
    delivery = Delivery.objects.create(**row)
    transaction.on_commit(wake)
    return delivery


def body_of(event: NewEvent) -> str:
    """
    Return the body of a message: its type, its time and its data.

    :raises TooLong: if it is longer than MOST_BYTES
    """
    body = json.dumps(
        {"type": event.event, "timestamp": event.at.isoformat(), "data": event.data},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    if len(body.encode()) > MOST_BYTES:
        raise TooLong(f"The message of {event.event} about {event.subject_id} is too long.")
    return body


def wake() -> None:
    """Wake the worker; the sweep finds what a lost wake-up leaves."""
    wakeups.wake(DELIVER)


def _listening(agent_ids: Collection[str]) -> dict[str, list[tuple[str, list[str]]]]:
    rows = (
        Endpoint.objects.filter(agent__in=agent_ids, state__in=LISTENING)
        .exclude(agent__state=AgentState.RETIRED)
        .values_list("agent_id", "pk", "events")
    )
    found: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    for agent_id, endpoint_id, told_of in rows:
        found[agent_id].append((endpoint_id, told_of))
    return found


def _row(event: NewEvent, endpoint_id: str, body: str, at: dt.datetime) -> dict[str, Any]:
    return {
        "id": new_message_id(),
        "state": DeliveryState.PENDING.value,
        "endpoint_id": endpoint_id,
        "event": event.event,
        "subject_id": event.subject_id,
        "body": body,
        "created_at": at,
        "next_at": at,
        "tries": 0,
        "last_words": "",
    }
