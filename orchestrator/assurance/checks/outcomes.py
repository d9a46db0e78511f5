"""Outcomes: do requesters and their owners learn what became of what they asked for?"""

import datetime as dt

from django.db.models import Count, Min

from approvals.models import Outcome
from orchestrator.agents.states import AgentState
from orchestrator.assurance.checks.irregular import Irregularity
from orchestrator.webhooks.models import Delivery
from orchestrator.webhooks.states import DeliveryState, EndpointState

LATE = dt.timedelta(minutes=5)
# A worker tries to connect, waits for an answer, and notes it: longer it cannot take.
UNDER_WAY = dt.timedelta(minutes=10)


def unannounced(at: dt.datetime) -> list[Irregularity]:
    """Return a word on the outcomes that nobody was told of for minutes, if there are any."""
    late = Outcome.objects.filter(announced_at=None, at__lt=at - LATE).aggregate(
        count=Count("pk"), since=Min("at")
    )
    if not late["count"]:
        return []
    words = (
        f"{late['count']} outcomes were told to nobody since {late['since']:%d %b %Y, %H:%M} UTC."
    )
    return [Irregularity("outcomes", "queue", words)]


def late_webhooks(at: dt.datetime) -> list[Irregularity]:
    """Return the agents whose webhook messages should have left minutes ago."""
    waiting = Delivery.objects.filter(
        state=DeliveryState.PENDING,
        next_at__lt=at - LATE,
        endpoint__state=EndpointState.ACTIVE,
        # What an agent that is switched off would be told waits with it, and is meant to.
        endpoint__agent__state=AgentState.ACTIVE,
    ).exclude(endpoint__rests_until__gt=at)
    stuck = Delivery.objects.filter(state=DeliveryState.DELIVERING, claimed_at__lt=at - UNDER_WAY)
    agents = sorted(
        {
            slug
            for rows in (waiting, stuck)
            for slug in rows.order_by().values_list("endpoint__agent__slug", flat=True).distinct()
        }
    )
    return [
        Irregularity(
            "webhooks",
            slug,
            f"Webhook messages of {slug} wait to be sent for more than five minutes.",
            f"/agents/{slug}/webhooks/",
        )
        for slug in agents
    ]
