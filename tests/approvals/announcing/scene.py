"""An agent that is told outcomes, and what it and its people were told."""

import datetime as dt
import json

from approvals.announcing import rounds
from orchestrator.notifications.models import Notification
from orchestrator.webhooks.models import Delivery
from tests.factories import AT

SOON = AT + dt.timedelta(minutes=1)


def announce():
    return rounds.announce_due(at=SOON)


def told(state=None):
    """Return who was told of what."""
    rows = Notification.objects.filter(event__startswith="proposal.").order_by("pk")
    return [(row.person.username, row.event, row.urgency) for row in rows.select_related("person")]


def sent():
    return [
        json.loads(body) for body in Delivery.objects.order_by("pk").values_list("body", flat=True)
    ]
