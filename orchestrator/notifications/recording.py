"""What became of an attempt: sent, tried again, taken over by another channel, or failed."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from orchestrator.kernel import faultpoints
from orchestrator.notifications import claiming, retrying
from orchestrator.notifications.channels.parcels import Receipt, failed
from orchestrator.notifications.concluding import follow_up
from orchestrator.notifications.models import Channel, Delivery, Notification
from orchestrator.notifications.states import DeliveryState, Purpose
from orchestrator.notifications.successors import hand_over, joined_the_waiting, next_channel
from orchestrator.notifications.wording import plain

LOST = "The worker was lost while it sent."
PARKED = "The channel failed again and again, and is left alone for a while."
LONGEST_ERROR, LONGEST_ANSWER = 300, 200
Result = tuple[Delivery, Receipt | None]


@transaction.atomic
def record(results: Sequence[Result], *, at: dt.datetime) -> None:
    """Record what became of claimed deliveries; what was not tried is put back."""
    _lock([each for each, _ in results])
    _put_back([each for each, receipt in results if receipt is None], at)
    _sent([(each, got) for each, got in results if got is not None and got.sent], at)
    faultpoints.reach("inside_delivery_record")
    for delivery, receipt in results:
        if receipt is not None and not receipt.sent:
            _failed(delivery, receipt, at)


@transaction.atomic
def take_back_lost(*, at: dt.datetime) -> int:
    """Take back what dead workers left: it is sent again, under the same id."""
    found = claiming.lost(at=at)
    _lock_channels(found)
    for delivery in found:
        _failed(delivery, failed(LOST), at)
    return len(found)


@transaction.atomic
def pass_by_parked(*, at: dt.datetime) -> int:
    """Let what is urgent go round a parked channel, where there is another."""
    passed = 0
    for delivery in claiming.due_behind_a_parked_channel(at=at):
        channel = next_channel(delivery, at=at)
        if channel and not (channel.parked_until and channel.parked_until > at):
            hand_over(delivery, channel, words=PARKED, at=at)
            passed += 1
    return passed


def _lock(rows: Iterable[Delivery]) -> None:
    """Lock deliveries, then their channels, in one order everywhere: nobody waits in a ring."""
    ours = Delivery.objects.filter(pk__in=[each.pk for each in rows]).order_by("pk")
    list(ours.select_for_update().values_list("pk", flat=True))
    _lock_channels(rows)


def _lock_channels(rows: Iterable[Delivery]) -> None:
    ours = Channel.objects.filter(pk__in={each.channel_id for each in rows}).order_by("pk")
    # Whoever queues something new for a channel, or for many, does not wait for us.
    list(ours.select_for_update(no_key=True).values_list("pk", flat=True))


def _put_back(rows: Iterable[Delivery], at: dt.datetime) -> None:
    for delivery in rows:
        mine = Delivery.objects.filter(
            pk=delivery.pk, state=DeliveryState.SENDING, claim=delivery.claim
        )
        if mine.select_for_update().exists() and not joined_the_waiting(delivery, at=at):
            mine.update(state=DeliveryState.QUEUED, claim="", attempts=F("attempts") - 1)


def _sent(results: Sequence[tuple[Delivery, Receipt]], at: dt.datetime) -> None:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for delivery, receipt in results:
        groups[delivery.claim, plain(receipt.words, LONGEST_ANSWER)].append(delivery.pk)
    for (claim, words), ids in groups.items():
        mine = Delivery.objects.filter(pk__in=ids, state=DeliveryState.SENDING, claim=claim)
        mine.update(
            state=DeliveryState.SENT,
            claim="",
            sent_at=at,
            finished_at=at,
            error="",
            answer=words,
        )
    if results:
        _well({each.channel_id for each, _ in results}, at)
        _reached([each.notification_id for each, _ in results if each.notification_id], at)


def _well(channels: set[int], at: dt.datetime) -> None:
    changed = Q(failures__gt=0) | Q(verified_at=None) | Q(parked_until__isnull=False)
    Channel.objects.filter(changed, pk__in=channels).update(
        failures=0, parked_until=None, verified_at=Coalesce("verified_at", at)
    )


def _reached(notification_ids: list[str], at: dt.datetime) -> None:
    told = Notification.objects.filter(pk__in=notification_ids)
    told.filter(undelivered_at__isnull=False).update(undelivered_at=None)
    # Settled while it was on its way: whoever got it late hears the end as well.
    settled = list(told.filter(settled_at__isnull=False).values_list("pk", flat=True))
    if settled:
        follow_up(settled, at=at)


def _failed(delivery: Delivery, receipt: Receipt, at: dt.datetime) -> None:
    words = plain(receipt.words, LONGEST_ERROR)
    mine = Delivery.objects.filter(
        pk=delivery.pk, state=DeliveryState.SENDING, claim=delivery.claim
    )
    if not mine.select_for_update().exists():
        return  # taken from us in the meantime: whoever has it records it
    _ailing(delivery.channel_id, at)
    successor = next_channel(delivery, at=at)
    pause = None
    if not receipt.permanent:
        chance = random.random()  # noqa: S311 - spreads retries, guards nothing
        pause = retrying.pause_after(
            delivery.attempts, urgency=delivery.urgency, is_last=successor is None, chance=chance
        )
    if pause is not None and not joined_the_waiting(delivery, at=at):
        mine.update(state=DeliveryState.QUEUED, claim="", due_at=at + pause, error=words)
    elif pause is not None:
        return
    elif successor is not None:
        hand_over(delivery, successor, words=words, at=at)
    else:
        delivery.move(DeliveryState.FAILED, claim="", finished_at=at, error=words)
        if delivery.purpose == Purpose.MESSAGE:
            Notification.objects.filter(pk=delivery.notification_id).update(undelivered_at=at)


def _ailing(channel_id: int, at: dt.datetime) -> None:
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
    row.failures += 1
    parking = retrying.parking_after(row.failures)
    row.parked_until = at + parking if parking else None
    row.save(update_fields=["failures", "parked_until"])
