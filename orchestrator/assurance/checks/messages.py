"""Messages: does everything that people must know arrive?"""

import datetime as dt

from django.db.models import Count, Min, Q

from orchestrator.assurance.checks.irregular import Irregularity
from orchestrator.notifications import queries
from orchestrator.notifications.models import Delivery
from orchestrator.notifications.states import DeliveryState
from orchestrator.people.models import User

LATE = dt.timedelta(minutes=5)
MOST = 100


def late_deliveries(at: dt.datetime) -> list[Irregularity]:
    """Return a word on the deliveries that should have left minutes ago, if there are any."""
    waiting = Q(state=DeliveryState.QUEUED, due_at__lt=at - LATE)
    under_way = Q(state=DeliveryState.SENDING, claimed_at__lt=at - 2 * LATE)
    # What waits for a channel that is left alone for a while has its next step.
    parked = Q(state=DeliveryState.QUEUED, channel__parked_until__gt=at)
    late = (
        Delivery.objects.filter(waiting | under_way)
        .exclude(parked)
        .aggregate(count=Count("pk"), since=Min("due_at"))
    )
    if not late["count"]:
        return []
    words = f"{late['count']} messages wait to be sent since {late['since']:%d %b %Y, %H:%M} UTC."
    return [Irregularity("deliveries", "queue", words, "/notifications/deliveries/")]


def undelivered(at: dt.datetime) -> list[Irregularity]:
    """Return the people whom no channel reached with something that still waits for them."""
    found: dict[str, int] = {}
    for notification in queries.undelivered(at=at):
        told = notification.person or notification.role
        name = told.username if isinstance(told, User) else str(told.slug if told else "")
        found[name] = found.get(name, 0) + 1
    return [
        Irregularity(
            "recipient",
            name,
            f"No channel of {name} works: {count} message{'s' * (count != 1)} reached nobody.",
            "/notifications/deliveries/",
        )
        for name, count in sorted(found.items())[:MOST]
    ]
