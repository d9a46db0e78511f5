"""What leaves through a channel: the words of a delivery, without what it may not carry."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from orchestrator.notifications.channels.parcels import Parcel
from orchestrator.notifications.models import Channel, Delivery, Notification
from orchestrator.notifications.states import Purpose

MOST_IN_A_DIGEST = 50
HIDDEN = "Details are on the page: this channel does not carry them."


def parcel_of(delivery: Delivery, gathered: Iterable[Notification] = ()) -> Parcel:
    """Return the delivery as its channel may carry it."""
    if delivery.purpose == Purpose.DIGEST:
        return _digest(delivery, list(gathered))
    if delivery.purpose == Purpose.TEST:
        return _test(delivery)
    told = delivery.notification
    if told is None:  # the database refuses such a row
        raise ValueError(f"Delivery {delivery.pk} is about nothing.")
    final = delivery.purpose == Purpose.FOLLOW_UP
    lines = [told.settled_words] if final else [*told.lines, *_details(told, delivery.channel)]
    return Parcel(
        id=delivery.pk,
        thread=told.pk,
        purpose=delivery.purpose,
        urgency=told.urgency,
        event=told.event,
        title=f"Settled: {told.title}" if final else told.title,
        lines=tuple(lines),
        url=f"{settings.PUBLIC_URL}{told.path}",
        site=settings.PUBLIC_URL,
        subject_kind=told.subject_kind,
        subject_id=told.subject_id,
    )


def _details(told: Notification, channel: Channel) -> list[str]:
    if not told.details:
        return []
    return list(told.details) if channel.carries_details else [HIDDEN]


def _digest(delivery: Delivery, gathered: list[Notification]) -> Parcel:
    count = len(gathered)
    shown = [each.title for each in gathered[:MOST_IN_A_DIGEST]]
    more = [f"and {count - len(shown)} more"] if count > len(shown) else []
    return _own(
        delivery,
        title=f"{count} {'notification' if count == 1 else 'notifications'} you have not read",
        lines=(*shown, *more),
        path=reverse("notifications:list-notifications"),
    )


def _test(delivery: Delivery) -> Parcel:
    return _own(
        delivery,
        title="This is a test: nothing to do",
        lines=("If you can read this, the channel works.",),
        path=reverse("notifications:show-settings"),
    )


def _own(delivery: Delivery, *, title: str, lines: tuple[str, ...], path: str) -> Parcel:
    return Parcel(
        id=delivery.pk,
        thread=delivery.pk,
        purpose=delivery.purpose,
        urgency=delivery.urgency,
        event=f"notifications.{delivery.purpose}",
        title=title,
        lines=lines,
        url=f"{settings.PUBLIC_URL}{path}",
        site=settings.PUBLIC_URL,
        subject_kind="notifications",
        subject_id=delivery.pk,
    )
