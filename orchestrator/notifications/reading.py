"""Reading: what a person has seen is not sent after them any more."""

import datetime as dt

from django.db import transaction

from orchestrator.kernel.errors import NotFound
from orchestrator.notifications.claiming import READ
from orchestrator.notifications.concluding import cancel_queued
from orchestrator.notifications.models import Notification
from orchestrator.people.models import User

BATCH = 1000


@transaction.atomic
def mark_read(*, notification_id: str, person: User, at: dt.datetime) -> Notification:
    """
    Mark one notification as read.

    :raises NotFound: if the person was not told this
    """
    row = Notification.objects.filter(pk=notification_id, person=person).first()
    if row is None:
        raise NotFound("There is no such notification.")
    _read([row.pk], at)
    return row


@transaction.atomic
def mark_all_read(*, person: User, at: dt.datetime) -> int:
    """Mark everything as read and return how much it was."""
    unread = Notification.objects.filter(person=person, read_at=None, created_at__lte=at)
    ids = list(unread.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        _read(ids[start : start + BATCH], at)
    return len(ids)


def _read(ids: list[str], at: dt.datetime) -> None:
    # In the order in which a conclusion locks them: neither waits for the other for ever.
    rows = Notification.objects.filter(pk__in=ids, read_at=None).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    Notification.objects.filter(pk__in=ids, read_at=None).update(read_at=at)
    # A page goes out all the same: being looked at by one tab is not being awake.
    cancel_queued(ids, why=READ, at=at, pages=False)
