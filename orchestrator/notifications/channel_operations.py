"""Adding, ordering, testing and removing channels."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction

from audit import ledger
from orchestrator.kernel.errors import DomainError
from orchestrator.notifications import successors
from orchestrator.notifications.channels.addresses import read_address
from orchestrator.notifications.kinds import default_ranks
from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Channel, Delivery
from orchestrator.notifications.permissions import check_may_add, check_may_change, check_staff
from orchestrator.notifications.reach import channels_of
from orchestrator.notifications.states import DeliveryState, Purpose
from orchestrator.notifications.waking import wake_on_commit
from orchestrator.notifications.wording import plain
from orchestrator.people.models import Role, User

MOST_CHANNELS = 20
MOST_RANK = 9
REMOVED = "The channel was removed."


class TooManyChannels(DomainError):
    """Somebody has as many channels as anybody needs."""

    code, status, title = "too_many_channels", 409, "Enough channels"


class AccountChannelStays(DomainError):
    """The e-mail address of the account is changed with the account."""

    code, status, title = "account_channel_stays", 409, "This channel stays"


@transaction.atomic
def add_channel(
    *,
    kind: str,
    address: str,
    label: str,
    by: User,
    at: dt.datetime,
    role: Role | None = None,
    carries_details: bool = False,
) -> Channel:
    """
    Add a channel for the person who asks, or for a role.

    :raises NotAllowed: if it is shared, names a host or carries details, and they are not staff
    :raises BadAddress: if nothing can be sent to the address
    :raises TooManyChannels: if there are twenty already
    """
    check_may_add(by, kind, shared=role is not None)
    if carries_details:
        check_staff(by)
    read = read_address(kind, address)
    person = by if role is None else None
    if Channel.objects.filter(person=person, role=role, removed_at=None).count() >= MOST_CHANNELS:
        raise TooManyChannels("Remove a channel first: twenty are enough for anybody.")
    channel = Channel.objects.create(
        person=person,
        role=role,
        kind=kind,
        label=plain(label, 80),
        address=read.stored,
        masked=read.masked,
        ranks=default_ranks(kind),
        carries_details=carries_details,
        created_at=at,
    )
    _record("channel.added", channel, by, at)
    return channel


@transaction.atomic
def remove_channel(*, channel: Channel, by: User, at: dt.datetime) -> None:
    """
    Remove a channel, forget its address, and let the next one take over what waits.

    :raises NotFound: if it is somebody else's
    :raises AccountChannelStays: if it is the e-mail of the account
    """
    check_may_change(by, channel)
    if channel.is_account:
        raise AccountChannelStays(
            "The e-mail of your account stays; give it no place if it is not to be used."
        )
    removed = Channel.objects.filter(pk=channel.pk, removed_at=None)
    if not removed.update(removed_at=at, address="", ranks={}):
        return
    waiting = Delivery.objects.filter(channel=channel, state=DeliveryState.QUEUED)
    for delivery in waiting.select_related("channel").select_for_update(of=("self",)):
        successor = successors.next_channel(delivery, at=at)
        if successor is not None:
            successors.hand_over(delivery, successor, words=REMOVED, at=at)
        else:
            delivery.move(DeliveryState.CANCELLED, finished_at=at, error=REMOVED, held=False)
    _record("channel.removed", channel, by, at)


@transaction.atomic
def order_channels(*, ranks: Mapping[int, Mapping[str, int]], by: User, at: dt.datetime) -> None:
    """
    Say which channel comes first for each urgency; an urgency left out does not come there.

    :raises NotFound: if one of them is somebody else's
    """
    channels = Channel.objects.filter(pk__in=list(ranks), removed_at=None)
    for channel in channels.order_by("pk").select_for_update(no_key=True):
        check_may_change(by, channel)
        new = {
            urgency: min(place, MOST_RANK)
            for urgency, place in ranks[channel.pk].items()
            if urgency in Urgency.values() and place > 0
        }
        if new != channel.ranks:
            Channel.objects.filter(pk=channel.pk).update(ranks=new)
            if channel.role_id:
                _record("channel.changed", channel, by, at)


@transaction.atomic
def send_test(*, by: User, at: dt.datetime, role: Role | None = None) -> list[Delivery]:
    """
    Queue a test message through each of the person's channels, or each of a role's.

    :raises NotAllowed: if the channels are shared and the person is not staff
    """
    if role is not None:
        check_staff(by)
        channels = list(Channel.objects.filter(role=role, removed_at=None))
    else:
        channels = channels_of([by], at=at).get(by.pk, [])
    rows = [_test(channel, at) for channel in _without_waiting(channels)]
    Delivery.objects.bulk_create(rows)
    wake_on_commit()
    return rows


def _without_waiting(channels: Iterable[Channel]) -> list[Channel]:
    """Leave out channels whose last test has not left yet: a button is pressed twice."""
    channels = list(channels)
    waiting = Delivery.objects.filter(
        channel__in=channels, purpose=Purpose.TEST, state=DeliveryState.QUEUED
    )
    busy = set(waiting.values_list("channel_id", flat=True))
    return [each for each in channels if each.pk not in busy]


def _test(channel: Channel, at: dt.datetime) -> Delivery:
    return Delivery(
        purpose=Purpose.TEST,
        channel=channel,
        person_id=channel.person_id,
        urgency=Urgency.HIGH,
        weight=Urgency.HIGH.weight,
        created_at=at,
        due_at=at,
    )


def _record(event: str, channel: Channel, by: User, at: dt.datetime) -> None:
    owner = channel.role.slug if channel.role else channel.person.username  # type: ignore[union-attr]  # either is there
    ledger.record(
        event=event,
        by=by.actor,
        at=at,
        subject_kind="channel",
        subject_id=str(channel.pk),
        detail={
            "kind": channel.kind,
            "label": channel.label,
            "owner": owner,
            "shared": channel.role is not None,
            "carries_details": channel.carries_details,
        },
    )
