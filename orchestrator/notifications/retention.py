"""Forgetting: read notifications and finished deliveries go after a while, in small batches."""

import datetime as dt

from django.conf import settings
from django.db.models import Q

from orchestrator.notifications.models import Delivery, Notification
from orchestrator.notifications.states import OPEN

BATCH = 1000
# What nobody ever read goes too, much later: the ledger has what matters.
UNREAD_TIMES = 4


def forget_old(*, at: dt.datetime) -> int:
    """Delete what is older than the setting says, and return how many notifications went."""
    days = dt.timedelta(days=settings.COUNTERSIGN["notification_days"])
    total = 0
    while count := _forget_batch(before=at - days, unread_before=at - days * UNREAD_TIMES):
        total += count
    _forget_deliveries(before=at - days)
    return total


def _forget_batch(*, before: dt.datetime, unread_before: dt.datetime) -> int:
    old = Q(created_at__lt=before) & (
        Q(read_at__isnull=False) | Q(person=None) | Q(created_at__lt=unread_before)
    )
    rows = Notification.objects.filter(old).exclude(deliveries__state__in=sorted(OPEN))
    rows = rows.exclude(digest__state__in=sorted(OPEN))
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    Notification.objects.filter(pk__in=ids).delete()
    return len(ids)


def _forget_deliveries(*, before: dt.datetime) -> None:
    rows = Delivery.objects.filter(notification=None, digested=None, finished_at__lt=before)
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        Delivery.objects.filter(pk__in=ids).delete()
