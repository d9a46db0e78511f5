"""Claiming: take due deliveries durably, leave out what has nothing left to say."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from orchestrator.kernel import faultpoints
from orchestrator.kernel.ids import new_id
from orchestrator.notifications.channels.parcels import Parcel
from orchestrator.notifications.concluding import SETTLED, follow_up
from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Channel, Delivery, Notification
from orchestrator.notifications.parcelling import parcel_of
from orchestrator.notifications.states import DeliveryState, Purpose

BATCH = 64
READ = "Read on the page before it was sent."
EMPTY = "Everything in it was read or settled."
GONE = "The channel was removed, or its owner left."


@dataclass(slots=True)
class Lane:
    """One channel's share of a claim: sent in order, by one thread."""

    channel: Channel
    claim: str
    address: str
    claimed_at: dt.datetime
    parcels: list[tuple[Delivery, Parcel]] = field(default_factory=list)


def claim(*, at: dt.datetime, without: Collection[int] = (), channels: int = 32) -> list[Lane]:
    """Claim what is due on so many channels, the most urgent first, leaving out busy ones."""
    with transaction.atomic():
        found = _of_first(channels, _due(at, without, min(BATCH, 2 * channels)))
        if not found:
            return []
        gathered = _gathered(found)
        keep = [each for each in found if not _cancelled(each, gathered, at)]
        _follow_settled(found, at)
        token = new_id("clm")
        Delivery.objects.filter(pk__in=[each.pk for each in keep]).update(
            state=DeliveryState.SENDING,
            claim=token,
            claimed_at=at,
            attempts=F("attempts") + 1,
            held=False,
        )
    faultpoints.reach("after_delivery_claim")
    return _lanes(keep, gathered, token, at)


def lost(*, at: dt.datetime) -> list[Delivery]:
    """Lock and return what a worker claimed and never answered for; the caller records it."""
    lease = dt.timedelta(seconds=settings.COUNTERSIGN["notify_lease_seconds"])
    rows = Delivery.objects.filter(state=DeliveryState.SENDING, claimed_at__lt=at - lease)
    locked = rows.select_related("channel").select_for_update(skip_locked=True, of=("self",))
    return list(locked.order_by("claimed_at")[:BATCH])


def due_behind_a_parked_channel(*, at: dt.datetime) -> list[Delivery]:
    """Lock and return what is urgent and due while its channel is parked."""
    rows = Delivery.objects.filter(
        state=DeliveryState.QUEUED,
        purpose=Purpose.MESSAGE,
        weight__lte=Urgency.HIGH.weight,
        due_at__lte=at,
        channel__parked_until__gt=at,
    )
    locked = rows.select_related("channel").select_for_update(skip_locked=True, of=("self",))
    return list(locked.order_by("weight", "due_at")[:BATCH])


def _of_first(channels: int, rows: Iterable[Delivery]) -> list[Delivery]:
    """Return the rows of the first so many channels: the rest is let go with the transaction."""
    chosen: set[int] = set()
    for row in rows:
        if len(chosen) < channels:
            chosen.add(row.channel_id)
    return [row for row in rows if row.channel_id in chosen]


def _due(at: dt.datetime, without: Collection[int], limit: int) -> list[Delivery]:
    open_channels = Q(channel__parked_until=None) | Q(channel__parked_until__lte=at)
    rows = (
        Delivery.objects.filter(open_channels, state=DeliveryState.QUEUED, due_at__lte=at)
        .exclude(channel__in=list(without))
        .select_related("channel", "channel__person", "notification")
        .order_by("weight", "due_at")
        .select_for_update(skip_locked=True, of=("self",))
    )
    return list(rows[:limit])


def _gathered(found: list[Delivery]) -> dict[str, list[Notification]]:
    """Return what each digest still has to say."""
    digests = [each.pk for each in found if each.purpose == Purpose.DIGEST]
    by_digest: dict[str, list[Notification]] = defaultdict(list)
    if digests:
        rows = Notification.objects.filter(digest__in=digests, read_at=None, settled_at=None)
        for row in rows.order_by("-pk"):
            by_digest[row.digest_id or ""].append(row)
    return by_digest


def _cancelled(
    delivery: Delivery, gathered: dict[str, list[Notification]], at: dt.datetime
) -> bool:
    why = _why_not(delivery, gathered)
    if why:
        delivery.move(DeliveryState.CANCELLED, finished_at=at, error=why, held=False)
    return bool(why)


def _follow_settled(found: Iterable[Delivery], at: dt.datetime) -> None:
    """Tell the end where an attempt that failed may have arrived all the same."""
    settled = {
        str(each.notification_id)
        for each in found
        if each.state == DeliveryState.CANCELLED and each.error == SETTLED and each.attempts
    }
    if settled:
        follow_up(sorted(settled), at=at)


def _why_not(delivery: Delivery, gathered: dict[str, list[Notification]]) -> str:
    channel, told = delivery.channel, delivery.notification
    if channel.removed_at or (channel.person and not channel.person.is_active):
        return GONE
    if delivery.purpose == Purpose.DIGEST and not gathered.get(delivery.pk):
        return EMPTY
    if delivery.purpose != Purpose.MESSAGE or told is None:
        return ""
    # Settled while an attempt was under way that then failed.
    if told.settled_at:
        return SETTLED
    return READ if told.read_at and delivery.urgency != Urgency.PAGE else ""


def _lanes(
    keep: list[Delivery], gathered: dict[str, list[Notification]], token: str, at: dt.datetime
) -> list[Lane]:
    lanes: dict[int, Lane] = {}
    for delivery in keep:
        delivery.attempts += 1
        delivery.state, delivery.claim = DeliveryState.SENDING, token
        channel = delivery.channel
        lane = lanes.setdefault(channel.pk, Lane(channel, token, address_of(channel), at))
        lane.parcels.append((delivery, parcel_of(delivery, gathered.get(delivery.pk, ()))))
    return list(lanes.values())


def address_of(channel: Channel) -> str:
    """Return where a channel leads now: that of an account follows the account."""
    if channel.is_account:
        return str(channel.person.email) if channel.person else ""
    return str(channel.address)
