"""Reading endpoints, their messages and every try."""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from orchestrator.agents.models import Agent
from orchestrator.kernel.errors import NotFound
from orchestrator.webhooks.models import Attempt, Delivery, Endpoint
from orchestrator.webhooks.states import WAITING, DeliveryState, EndpointState

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One page of messages, newest first, and where the next one begins."""

    rows: list[Delivery]
    after: str


def endpoints_of(*, agent: Agent) -> QuerySet[Endpoint]:
    """Return an agent's endpoints: how much waits, how much was given up, the last success."""
    newest = Delivery.objects.filter(endpoint=OuterRef("pk"), state=DeliveryState.DELIVERED)
    return (
        Endpoint.objects.filter(agent=agent)
        .exclude(state=EndpointState.REMOVED)
        .defer("secret", "old_secret")
        .annotate(
            waiting=_count(*WAITING),
            dead=_count(DeliveryState.DEAD),
            delivered_at=Subquery(newest.order_by("-created_at").values("finished_at")[:1]),
        )
    )


def endpoint_of(*, agent: Agent, endpoint_id: str) -> Endpoint:
    """
    Return one endpoint of an agent, with its figures.

    :raises NotFound: if the agent has none of this id
    """
    found = endpoints_of(agent=agent).select_related("agent").filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound("The agent has no such webhook.")
    return found


def delivery_of(*, endpoint: Endpoint, delivery_id: str) -> Delivery:
    """
    Return one message to an endpoint.

    :raises NotFound: if there is none of this id
    """
    rows = Delivery.objects.select_related("endpoint__agent")
    rows = rows.defer("endpoint__secret", "endpoint__old_secret")
    found = rows.filter(endpoint=endpoint, pk=delivery_id).first()
    if found is None:
        raise NotFound("The webhook was sent no such message.")
    return found


def attempts_of(*, delivery: Delivery) -> list[Attempt]:
    """Return every try of a message, newest first."""
    return list(Attempt.objects.filter(delivery=delivery).order_by("-pk"))


def log_of(*, endpoint: Endpoint, state: str = "", after: str = "") -> Page:
    """Return one page of an endpoint's messages, of one state only if asked."""
    rows = Delivery.objects.filter(endpoint=endpoint).order_by("-created_at", "-pk")
    if state:
        rows = rows.filter(state=state)
    last = Delivery.objects.filter(endpoint=endpoint, pk=after).first() if after else None
    if last is not None:
        older = rows.filter(created_at__lt=last.created_at)
        rows = (older | rows.filter(created_at=last.created_at, pk__lt=last.pk)).order_by(
            "-created_at", "-pk"
        )
    found = list(rows.defer("body")[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    return Page(found[:PAGE_SIZE], found[PAGE_SIZE - 1].pk if more else "")


def _count(*states: DeliveryState) -> Coalesce:
    rows = Delivery.objects.filter(endpoint=OuterRef("pk"), state__in=states).order_by()
    counted = rows.values("endpoint").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
