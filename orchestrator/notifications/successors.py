"""Failing over: the next channel of the same person takes a delivery over, as a row of its own."""

import datetime as dt

from orchestrator.notifications.models import Channel, Delivery, Notification
from orchestrator.notifications.reach import channels_of, ordered
from orchestrator.notifications.states import DeliveryState, Purpose
from orchestrator.notifications.waking import wake_on_commit
from orchestrator.people.models import User

# What has no other way belongs to its channel: a test of it, or the end of what it told.
STAYING = (Purpose.TEST, Purpose.FOLLOW_UP)
JOINED = "Joined the next digest."


def next_channel(delivery: Delivery, *, at: dt.datetime) -> Channel | None:
    """Return the channel that would take over, or nothing when each was tried."""
    if delivery.purpose in STAYING:
        return None
    found = ordered(_channels(delivery, at), delivery.urgency, at=at, tried=_tried(delivery))
    return found[0] if found else None


def hand_over(delivery: Delivery, channel: Channel, *, words: str, at: dt.datetime) -> None:
    """Close a delivery as failed over, and queue the one that takes over from it."""
    delivery.move(DeliveryState.FAILED_OVER, claim="", finished_at=at, error=words, held=False)
    successor = Delivery(
        purpose=delivery.purpose,
        notification_id=delivery.notification_id,
        channel=channel,
        person_id=delivery.person_id,
        urgency=delivery.urgency,
        weight=delivery.weight,
        created_at=at,
        due_at=at,
        takes_over=delivery,
    )
    # A digest of the next day may be waiting already: it takes everything along.
    Delivery.objects.bulk_create([successor], ignore_conflicts=True)
    if delivery.purpose == Purpose.DIGEST:
        Notification.objects.filter(digest=delivery).update(digest=_waiting(delivery))
    wake_on_commit()


def joined_the_waiting(delivery: Delivery, *, at: dt.datetime) -> bool:
    """Close a digest that would be tried again while the next one waits already; say whether."""
    if delivery.purpose != Purpose.DIGEST:
        return False
    waiting = _waiting(delivery)
    if waiting is None:
        return False
    Notification.objects.filter(digest=delivery).update(digest=waiting)
    delivery.move(DeliveryState.CANCELLED, claim="", finished_at=at, error=JOINED, held=False)
    return True


def _waiting(delivery: Delivery) -> Delivery | None:
    rows = Delivery.objects.filter(
        person=delivery.person_id, purpose=Purpose.DIGEST, state=DeliveryState.QUEUED
    )
    return rows.select_for_update().first()


def _channels(delivery: Delivery, at: dt.datetime) -> list[Channel]:
    if delivery.person_id is None:
        role_id = delivery.channel.role_id
        return list(Channel.objects.filter(role=role_id, removed_at=None)) if role_id else []
    people = list(User.objects.filter(pk=delivery.person_id))
    return channels_of(people, at=at).get(delivery.person_id, [])


def _tried(delivery: Delivery) -> set[int]:
    if delivery.notification_id is not None:
        siblings = Delivery.objects.filter(
            notification=delivery.notification_id, purpose=delivery.purpose
        )
        return set(siblings.values_list("channel_id", flat=True))
    tried, current = {delivery.channel_id}, delivery.takes_over
    while current is not None:
        tried.add(current.channel_id)
        current = current.takes_over
    return tried
