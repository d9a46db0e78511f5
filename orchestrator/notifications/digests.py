"""Digests: what is not urgent waits for one message at the time that a person chose."""

import datetime as dt
from collections.abc import Mapping

from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Delivery
from orchestrator.notifications.reach import Reach, ordered
from orchestrator.notifications.states import DeliveryState, Purpose

# One that is claimed between our insert and our lock is gone; the next round makes another.
ROUNDS = 3


def open_digests(reach: Mapping[int, Reach], *, at: dt.datetime) -> dict[int, str]:
    """
    Return each person's waiting digest, made where there is none, and locked.

    The lock keeps a worker from sending it before what the caller adds to it is there.
    """
    wanted = {pk: row for pk, each in reach.items() if (row := _digest(pk, each, at))}
    found: dict[int, str] = {}
    for _ in range(ROUNDS):
        missing = [row for pk, row in wanted.items() if pk not in found]
        if not missing:
            break
        found |= _locked([row.person_id for row in missing])
        missing = [row for row in missing if row.person_id not in found]
        if missing:
            Delivery.objects.bulk_create(missing, ignore_conflicts=True)
            found |= _locked([row.person_id for row in missing])
    return found


def _locked(people: list[int | None]) -> dict[int, str]:
    rows = (
        Delivery.objects.filter(
            person__in=people, purpose=Purpose.DIGEST, state=DeliveryState.QUEUED
        )
        .order_by("pk")
        .select_for_update()
    )
    return {person_id or 0: pk for person_id, pk in rows.values_list("person_id", "pk")}


def _digest(person_id: int, reach: Reach, at: dt.datetime) -> Delivery | None:
    due = reach.digest_due(at)
    channels = ordered(reach.channels, Urgency.LOW, at=at)
    if due is None or not channels:
        return None
    return Delivery(
        purpose=Purpose.DIGEST,
        channel=channels[0],
        person_id=person_id,
        urgency=Urgency.LOW,
        weight=Urgency.LOW.weight,
        created_at=at,
        due_at=due,
    )
