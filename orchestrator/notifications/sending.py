"""Telling people: rows only, in the caller's transaction; a worker lets them leave."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from orchestrator.kernel.ids import new_id
from orchestrator.notifications import digests
from orchestrator.notifications.concluding import conclude, conclude_each
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.models import Delivery, Notification
from orchestrator.notifications.reach import Reach, ordered, reach_of_people, reach_of_role
from orchestrator.notifications.states import Purpose
from orchestrator.notifications.waking import wake_on_commit
from orchestrator.notifications.wording import bounded
from orchestrator.people.models import Role, User

__all__ = ["conclude", "conclude_each", "notify", "notify_each", "notify_role"]

BATCH = 500


def notify(*, people: Sequence[User], message: Message, at: dt.datetime) -> list[Notification]:
    """Tell each of these people the same, once a key; return what is new."""
    return notify_each(messages=[(person, message) for person in people], at=at)


@transaction.atomic
def notify_each(*, messages: Sequence[tuple[User, Message]], at: dt.datetime) -> list[Notification]:
    """Tell each of these people their own message, in a few statements for any number."""
    once = {(person.pk, told.key): (person, told) for person, told in messages if person.is_active}
    people = {person.pk: person for person, _ in once.values()}
    if not once:
        return []
    # In one order everywhere, so that two callers wait for each other instead of for ever.
    pairs = [once[key] for key in sorted(once)]
    reach = reach_of_people([people[pk] for pk in sorted(people)], at=at)
    quiet_readers = {person.pk for person, told in pairs if told.urgency == Urgency.LOW}
    waiting = digests.open_digests({pk: reach[pk] for pk in sorted(quiet_readers)}, at=at)
    rows = [_row(told, at, person=person, digests_of=waiting) for person, told in pairs]
    new = _store(rows)
    _queue(new, {row.pk: reach[row.person_id or 0] for row in new}, at)
    return new


@transaction.atomic
def notify_role(*, role: Role, message: Message, at: dt.datetime) -> Notification | None:
    """Tell the shared channels of a role, once a key; nothing where it has none."""
    reach = reach_of_role(role)
    if not ordered(reach.channels, message.urgency, at=at):
        return None
    new = _store([_row(message, at, role=role)])
    _queue(new, {row.pk: reach for row in new}, at)
    return new[0] if new else None


def _row(
    message: Message,
    at: dt.datetime,
    *,
    person: User | None = None,
    role: Role | None = None,
    digests_of: Mapping[int, str] | None = None,
) -> Notification:
    title, lines, details = bounded(message)
    low = message.urgency == Urgency.LOW and person is not None
    return Notification(
        id=new_id("ntf"),
        person=person,
        role=role,
        event=message.event,
        urgency=message.urgency,
        title=title,
        lines=lines,
        details=details,
        path=message.path,
        subject_kind=message.subject_kind,
        subject_id=message.subject_id,
        key=message.key,
        created_at=at,
        digest_id=(digests_of or {}).get(person.pk) if low and person else None,
    )


def _store(rows: Sequence[Notification]) -> list[Notification]:
    """Insert the rows whose key is new, and return those."""
    Notification.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    ids = [row.pk for row in rows]
    stored = set(Notification.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [row for row in rows if row.pk in stored]


def _queue(rows: Iterable[Notification], reach: Mapping[str, Reach], at: dt.datetime) -> None:
    deliveries, unreached = [], []
    for row in rows:
        if row.person_id and row.urgency == Urgency.LOW:
            continue
        channels = ordered(reach[row.pk].channels, row.urgency, at=at)
        if channels:
            due = reach[row.pk].due(row.urgency, at)
            deliveries.append(first_delivery(row, channels[0].pk, due=due, at=at))
        elif row.urgency in (Urgency.HIGH, Urgency.PAGE):
            row.undelivered_at = at
            unreached.append(row.pk)
    if unreached:
        Notification.objects.filter(pk__in=unreached).update(undelivered_at=at)
    if deliveries:
        Delivery.objects.bulk_create(deliveries, batch_size=BATCH)
        wake_on_commit()


def first_delivery(
    row: Notification, channel_id: int, *, due: dt.datetime, at: dt.datetime
) -> Delivery:
    """Return the delivery that begins a notification's way out."""
    return Delivery(
        purpose=Purpose.MESSAGE,
        notification=row,
        channel_id=channel_id,
        person_id=row.person_id,
        urgency=row.urgency,
        weight=Urgency(row.urgency).weight,
        created_at=at,
        due_at=due,
        held=due > at,
    )
