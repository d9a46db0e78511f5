"""The final state of a subject: what was said about it is settled, updated or followed up."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Q

from orchestrator.notifications.kinds import ABILITIES
from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Delivery, Notification
from orchestrator.notifications.reach import Reach, reach_of_people
from orchestrator.notifications.states import DeliveryState, Purpose
from orchestrator.notifications.waking import wake_on_commit
from orchestrator.notifications.wording import plain
from orchestrator.people.models import User

LONGEST_WORDS = 300
SETTLED = "Settled before it was sent."
UPDATING = [kind for kind, ability in ABILITIES.items() if ability.updates]


def conclude(*, subject_kind: str, subject_id: str, words: str, at: dt.datetime) -> None:
    """Say that the matter is settled, in words such as "Approved by Ben"."""
    conclude_each(subject_kind=subject_kind, words={subject_id: words}, at=at)


@transaction.atomic
def conclude_each(*, subject_kind: str, words: Mapping[str, str], at: dt.datetime) -> None:
    """Say of many subjects of one kind how they ended; what was settled before stays as it is."""
    rows = list(
        Notification.objects.filter(
            subject_kind=subject_kind, subject_id__in=list(words), settled_at=None
        )
        .order_by("pk")
        # A worker that holds a delivery may add another beside it: it must not wait for us.
        .select_for_update(no_key=True)
    )
    if not rows:
        return
    for row in rows:
        row.settled_at = at
        row.settled_words = plain(words[row.subject_id], LONGEST_WORDS)
    Notification.objects.bulk_update(rows, ["settled_at", "settled_words"], batch_size=500)
    cancel_queued([row.pk for row in rows], why=SETTLED, at=at)
    follow_up([row.pk for row in rows], at=at)


def cancel_queued(
    notification_ids: Iterable[str], *, why: str, at: dt.datetime, pages: bool = True
) -> int:
    """Cancel what has not been sent yet, instead of delivering it late; return how many."""
    queued = Delivery.objects.filter(
        notification__in=list(notification_ids),
        purpose=Purpose.MESSAGE,
        state=DeliveryState.QUEUED,
    )
    if not pages:
        queued = queued.exclude(urgency=Urgency.PAGE)
    return queued.update(state=DeliveryState.CANCELLED, finished_at=at, error=why, held=False)


def follow_up(notification_ids: Iterable[str], *, at: dt.datetime) -> None:
    """Queue the final state behind every message that went out, once a channel."""
    # What can be updated is told whenever we tried: the first answer may have been lost.
    heard = Q(state=DeliveryState.SENT) | Q(attempts__gt=0, channel__kind__in=UPDATING)
    told = list(
        Delivery.objects.filter(
            heard,
            notification__in=list(notification_ids),
            purpose=Purpose.MESSAGE,
            channel__removed_at=None,
        )
        .exclude(state=DeliveryState.SENDING)
        .select_related("channel")
        .order_by("pk")
    )
    if not told:
        return
    people = list(User.objects.filter(pk__in={each.person_id for each in told} - {None}))
    reach = reach_of_people(people, at=at)
    rows = [_follow_up(each, reach.get(each.person_id or 0), at) for each in told]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    wake_on_commit()


def _follow_up(told: Delivery, reach: Reach | None, at: dt.datetime) -> Delivery:
    silent = ABILITIES[told.channel.kind].updates
    due = at if silent or reach is None else reach.due(told.urgency, at)
    return Delivery(
        purpose=Purpose.FOLLOW_UP,
        notification_id=told.notification_id,
        channel=told.channel,
        person_id=told.person_id,
        urgency=told.urgency,
        weight=Urgency.NORMAL.weight,
        created_at=at,
        due_at=due,
        held=due > at,
    )
