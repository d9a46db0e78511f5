"""What people do with endpoints: add, pause, resume, choose events, replace the secret, test."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from audit import ledger
from orchestrator.agents.key_operations import AgentIsRetired
from orchestrator.agents.models import Agent
from orchestrator.agents.states import AgentState
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.webhooks import signing
from orchestrator.webhooks.addresses import endpoint_address
from orchestrator.webhooks.enqueueing import NewEvent, enqueue_for, wake
from orchestrator.webhooks.event_types import EVENTS, TEST
from orchestrator.webhooks.models import Delivery, Endpoint, Notice
from orchestrator.webhooks.states import WAITING, DeliveryState, EndpointState

MOST_ENDPOINTS = 10
LONGEST_OVERLAP = dt.timedelta(days=30)
REMOVED = "The webhook was removed."


class BadEndpoint(DomainError):
    """The endpoint cannot be like this."""

    code, status, title = "bad_endpoint", 422, "The endpoint needs something else"


class EndpointExists(DomainError):
    """The agent has an endpoint with this address."""

    code, status, title = "endpoint_exists", 409, "There is such an endpoint already"


class EndpointIsRemoved(DomainError):
    """A removed endpoint stays as it is."""

    code, status, title = "endpoint_is_removed", 409, "The webhook is removed"


@dataclass(frozen=True, slots=True)
class WithSecret:
    """An endpoint with its new secret, which is shown once."""

    endpoint: Endpoint
    secret: str = field(repr=False)


@transaction.atomic
def add_endpoint(
    *, agent: Agent, url: str, label: str, events: Sequence[str], by: Actor, at: dt.datetime
) -> WithSecret:
    """
    Let an agent be told at an address; no events means all of them.

    :raises BadEndpointAddress: if nothing may be sent there
    :raises BadEndpoint: if it has no label, names unknown events, or is one too many
    :raises EndpointExists: if the agent has this address already
    :raises AgentIsRetired: if the agent is retired
    """
    locked = Agent.objects.select_for_update(of=("self",)).get(pk=agent.pk)
    if locked.state == AgentState.RETIRED:
        raise AgentIsRetired(f"{agent.title} is retired and is told nothing any more.")
    _check(label, events)
    there = Endpoint.objects.filter(agent=locked).exclude(state=EndpointState.REMOVED)
    if there.count() >= MOST_ENDPOINTS:
        raise BadEndpoint(f"An agent has at most {MOST_ENDPOINTS} endpoints.")
    endpoint = Endpoint(
        agent=locked,
        url=endpoint_address(url),
        label=label.strip(),
        secret=signing.new_secret(),
        events=_ordered(events),
        created_at=at,
        created_by=by.id,
    )
    _insert(endpoint)
    _record(endpoint, "webhook.endpoint_added", by, at, url=endpoint.url, events=endpoint.events)
    return WithSecret(endpoint, endpoint.secret)


@transaction.atomic
def choose_events(*, endpoint: Endpoint, events: Sequence[str], by: Actor, at: dt.datetime) -> None:
    """
    Say which events an endpoint is told of from now on; none means all of them.

    :raises BadEndpoint: if an event is unknown
    """
    _check(endpoint.label, events)
    locked = _locked(endpoint)
    Endpoint.objects.filter(pk=locked.pk).update(events=_ordered(events))
    _record(locked, "webhook.events_chosen", by, at, events=_ordered(events))


@transaction.atomic
def pause(*, endpoint: Endpoint, reason: str, by: Actor, at: dt.datetime) -> None:
    """
    Send nothing until it is resumed; what happens meanwhile waits.

    :raises IllegalMove: if it is not active
    """
    locked = _locked(endpoint)
    locked.move(EndpointState.PAUSED, state_reason=reason)
    _record(locked, "webhook.paused", by, at, reason=reason)


@transaction.atomic
def resume(*, endpoint: Endpoint, by: Actor, at: dt.datetime) -> None:
    """
    Send again, what has waited first.

    :raises IllegalMove: if it is active
    """
    locked = _locked(endpoint)
    locked.move(
        EndpointState.ACTIVE, state_reason="", failing_since=None, failures=0, rests_until=None
    )
    _record(locked, "webhook.resumed", by, at)
    transaction.on_commit(wake)


@transaction.atomic
def rotate_secret(
    *, endpoint: Endpoint, overlap: dt.timedelta, by: Actor, at: dt.datetime
) -> WithSecret:
    """
    Make a new secret; until the overlap is over, both sign every message.

    :raises BadEndpoint: if the overlap makes no sense
    """
    if not dt.timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise BadEndpoint(f"The old secret signs for at most {LONGEST_OVERLAP.days} days more.")
    locked = _locked(endpoint)
    old, locked.secret = locked.secret, signing.new_secret()
    locked.old_secret = old if overlap else ""
    locked.old_secret_until = at + overlap if overlap else None
    locked.save(update_fields=["secret", "old_secret", "old_secret_until"])
    until = locked.old_secret_until.isoformat() if locked.old_secret_until else ""
    _record(locked, "webhook.secret_rotated", by, at, old_until=until)
    return WithSecret(locked, locked.secret)


@transaction.atomic
def send_test(*, endpoint: Endpoint, by: Actor, at: dt.datetime) -> Delivery:
    """
    Send a message that says nothing but that it is a test.

    :raises BadEndpoint: if the endpoint is not active, or its agent is not
    """
    locked = _locked(endpoint)
    if locked.state != EndpointState.ACTIVE:
        raise BadEndpoint("Nothing is sent while it is not active. Resume it first.")
    if locked.agent.state != AgentState.ACTIVE:
        raise BadEndpoint(f"Nothing is sent while the agent is {locked.agent.state}.")
    event = NewEvent(
        agent_id=locked.agent_id,
        event=TEST,
        at=at,
        subject_id=locked.pk,
        data={"endpoint": locked.pk, "agent": locked.agent.slug},
    )
    # Asked for by a person who watches: it does not wait until the endpoint has rested.
    Endpoint.objects.filter(pk=locked.pk).update(rests_until=None)
    delivery = enqueue_for(endpoint=locked, event=event, at=at)
    _record(locked, "webhook.tested", by, at, message=delivery.pk)
    return delivery


@transaction.atomic
def remove(*, endpoint: Endpoint, reason: str, by: Actor, at: dt.datetime) -> int:
    """
    Send nothing to it any more, forget its secret, give up what waits; return how many messages.

    What is on the wire at this moment may still arrive.

    :raises EndpointIsRemoved: if somebody has done so before
    """
    locked = _locked(endpoint)
    locked.move(
        EndpointState.REMOVED,
        state_reason=reason,
        secret="",
        old_secret="",
        old_secret_until=None,
        rests_until=None,
    )
    waiting = Delivery.objects.filter(endpoint=locked, state__in=WAITING)
    given_up = waiting.update(
        state=DeliveryState.DEAD, next_at=None, claimed_at=None, finished_at=at, last_words=REMOVED
    )
    # Nobody is sent to a page that is gone.
    Notice.objects.filter(endpoint=locked, told_at=None).update(told_at=at)
    _record(locked, "webhook.endpoint_removed", by, at, reason=reason, given_up=given_up)
    return given_up


def _check(label: str, events: Sequence[str]) -> None:
    if not label.strip():
        raise BadEndpoint("Give the endpoint a name that people know it by.")
    unknown = sorted(set(events) - EVENTS.keys())
    if unknown:
        raise BadEndpoint(f"There are no events {', '.join(unknown)}.")


def _ordered(events: Sequence[str]) -> list[str]:
    return [name for name in EVENTS if name in events]


def _insert(endpoint: Endpoint) -> None:
    try:
        with transaction.atomic():
            endpoint.save(force_insert=True)
    except IntegrityError as error:
        raise EndpointExists("The agent has an endpoint with this address already.") from error


def _locked(endpoint: Endpoint) -> Endpoint:
    rows = Endpoint.objects.select_for_update(of=("self",)).select_related("agent")
    locked = rows.get(pk=endpoint.pk)
    if locked.state == EndpointState.REMOVED:
        raise EndpointIsRemoved("Somebody has removed it meanwhile.")
    return locked


def _record(endpoint: Endpoint, event: str, by: Actor, at: dt.datetime, **detail: Any) -> None:
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="agent",
        subject_id=endpoint.agent_id,
        agent=endpoint.agent.slug,
        detail={"endpoint": endpoint.pk, "label": endpoint.label, **detail},
    )
