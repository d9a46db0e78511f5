"""Sending again what was given up or is asked for once more: the same message, the same id."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from audit import ledger
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.webhooks.enqueueing import wake
from orchestrator.webhooks.models import Delivery, Endpoint
from orchestrator.webhooks.states import DELIVERY_MOVES, DeliveryState, EndpointState

FINISHED = [state for state, onward in DELIVERY_MOVES.items() if onward == {DeliveryState.PENDING}]
MOST_AT_ONCE = 10_000


class NothingToReplay(DomainError):
    """Nothing was found that could be sent again."""

    code, status, title = "nothing_to_replay", 409, "There is nothing to send again"


@transaction.atomic
def replay(*, delivery: Delivery, by: Actor, at: dt.datetime) -> None:
    """
    Send one message again that has come through or was given up.

    :raises NothingToReplay: if it is still on its way
    """
    _again(delivery.endpoint, Delivery.objects.filter(pk=delivery.pk), "one", by, at)


@transaction.atomic
def replay_dead(*, endpoint: Endpoint, by: Actor, at: dt.datetime) -> int:
    """
    Send everything again that was given up; return how many messages.

    :raises NothingToReplay: if nothing was
    """
    rows = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.DEAD)
    return _again(endpoint, rows, "given up", by, at)


@transaction.atomic
def replay_since(*, endpoint: Endpoint, since: dt.datetime, by: Actor, at: dt.datetime) -> int:
    """
    Send everything again since a moment, whether it came through or not; return how many messages.

    :raises NothingToReplay: if there is nothing
    """
    rows = Delivery.objects.filter(endpoint=endpoint, created_at__gte=since)
    return _again(endpoint, rows, f"since {since.isoformat()}", by, at)


def _again(
    endpoint: Endpoint, rows: QuerySet[Delivery], which: str, by: Actor, at: dt.datetime
) -> int:
    there = Endpoint.objects.filter(pk=endpoint.pk).exclude(state=EndpointState.REMOVED)
    if not there.select_for_update(no_key=True).values_list("pk", flat=True).first():
        raise NothingToReplay("The webhook was removed.")
    finished = rows.filter(state__in=FINISHED).order_by("created_at", "pk")
    # What a worker stores at this moment is not asked for again.
    ids = list(
        finished.select_for_update(skip_locked=True).values_list("pk", flat=True)[:MOST_AT_ONCE]
    )
    if not ids:
        raise NothingToReplay("Nothing has come through or was given up there.")
    Delivery.objects.filter(pk__in=ids).update(
        state=DeliveryState.PENDING, next_at=at, finished_at=None, tries=0
    )
    ledger.record(
        event="webhook.replayed",
        by=by,
        at=at,
        subject_kind="agent",
        subject_id=endpoint.agent_id,
        agent=endpoint.agent.slug,
        detail={
            "endpoint": endpoint.pk,
            "label": endpoint.label,
            "which": which,
            "messages": len(ids),
        },
    )
    transaction.on_commit(wake)
    return len(ids)
