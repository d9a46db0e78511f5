"""Forgetting: messages that are over go after a while with their tries, in small batches."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from orchestrator.agents.states import AgentState
from orchestrator.webhooks.models import Attempt, Delivery, Endpoint, Notice
from orchestrator.webhooks.states import DeliveryState, EndpointState

BATCH = 1000
# What was given up waits for a person, so much longer; the ledger keeps that it was.
DEAD_TIMES = 4


def forget_old(*, at: dt.datetime) -> int:
    """Delete what is older than the setting says, and return how many messages went."""
    days = dt.timedelta(days=settings.COUNTERSIGN["webhook_days"])
    before, total = at - days, 0
    finished = Q(state=DeliveryState.DELIVERED, finished_at__lt=before)
    given_up = Q(state=DeliveryState.DEAD, finished_at__lt=at - days * DEAD_TIMES)
    for old in (finished, given_up, _left_behind(before)):
        while count := _forget_batch(old):
            total += count
    Notice.objects.filter(told_at__lt=before).delete()
    # It signs nothing any more: nobody has to be able to read it.
    Endpoint.objects.filter(old_secret_until__lte=at).update(old_secret="", old_secret_until=None)
    return total


def _left_behind(before: dt.datetime) -> Q:
    """Return what waits for ever: its endpoint was removed meanwhile, or its agent is retired."""
    ended = Endpoint.objects.filter(
        Q(state=EndpointState.REMOVED) | Q(agent__state=AgentState.RETIRED)
    )
    waits = Q(state=DeliveryState.PENDING, created_at__lt=before)
    return waits & Q(endpoint__in=ended.values("pk"))


@transaction.atomic
def _forget_batch(old: Q) -> int:
    # What is being sent again at this moment is locked, and stays.
    rows = Delivery.objects.filter(old).select_for_update(skip_locked=True)
    ids = list(rows.order_by().values_list("pk", flat=True)[:BATCH])
    Attempt.objects.filter(delivery__in=ids).delete()
    Delivery.objects.filter(pk__in=ids).delete()
    return len(ids)
