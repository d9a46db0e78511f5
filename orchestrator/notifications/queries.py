"""What others ask: how many are unread, what reached nobody, who cannot be reached."""

import datetime as dt
from collections.abc import Sequence

from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Notification
from orchestrator.notifications.reach import channels_known
from orchestrator.people.models import User

# A bell shows 99+; counting further tells nobody more.
MOST_UNREAD = 100


def unread_count(person: User) -> int:
    """Return how many notifications the person has not read, up to a hundred."""
    return Notification.objects.filter(person=person, read_at=None)[:MOST_UNREAD].count()


def undelivered(*, at: dt.datetime) -> list[Notification]:
    """Return what no channel could deliver, that nobody has read and nothing has settled."""
    rows = Notification.objects.filter(
        undelivered_at__lte=at, read_at=None, settled_at=None
    ).select_related("person", "role")
    return list(rows.order_by("undelivered_at", "pk")[:1000])


def without_channel(
    people: Sequence[User], *, at: dt.datetime, urgency: Urgency = Urgency.PAGE
) -> set[int]:
    """Return those of the people whom nothing but our own pages reaches at this urgency."""
    channels = channels_known(people, at=at)
    return {
        person.pk
        for person in people
        if not any(urgency in each.ranks for each in channels.get(person.pk, []))
    }
