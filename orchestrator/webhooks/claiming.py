"""
Taking up what is due: one endpoint belongs to one worker at a time, and every endpoint gets a turn.

So at most two messages are on their way to an endpoint, whatever the number of workers, and one
that is slow keeps nothing but its own lane busy.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from orchestrator.orgs.encryption import UnreadableSecret
from orchestrator.webhooks.models import Delivery, Endpoint
from orchestrator.webhooks.sending import Parcel
from orchestrator.webhooks.states import DeliveryState

# What one lane takes up at once, and one that fails: a look whether it works again.
LANE, PROBE = 50, 1
# Longer than a lane can take: whoever holds a message for so long is dead.
LEASE = dt.timedelta(minutes=2)

# Those that work come first, then whose message waits longest.
OPEN = """
SELECT e.id FROM webhooks_endpoint e
JOIN agents_agent a ON a.id = e.agent_id AND a.state = 'active'
JOIN LATERAL (
    SELECT min(d.next_at) AS due FROM webhooks_delivery d
    WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_at <= %(at)s
) first ON first.due IS NOT NULL
WHERE e.state = 'active' AND (e.rests_until IS NULL OR e.rests_until <= %(at)s)
    AND NOT EXISTS (
        SELECT FROM webhooks_delivery d WHERE d.endpoint_id = e.id AND d.state = 'delivering')
ORDER BY e.failing_since IS NOT NULL, first.due, e.id LIMIT %(room)s
FOR UPDATE OF e SKIP LOCKED
"""
# A statement of its own: it sees what whoever held an endpoint just before has stored.
TAKE = """
UPDATE webhooks_delivery d SET state = 'delivering', claimed_at = %(at)s, next_at = NULL
FROM webhooks_endpoint e CROSS JOIN LATERAL (
    SELECT due.id FROM webhooks_delivery due
    WHERE due.endpoint_id = e.id AND due.state = 'pending' AND due.next_at <= %(at)s
    ORDER BY due.next_at, due.id
    LIMIT CASE WHEN e.failing_since IS NULL THEN %(lane)s ELSE %(probe)s END
) chosen
WHERE e.id = ANY(%(endpoints)s) AND d.id = chosen.id AND d.state = 'pending'
    AND NOT EXISTS (
        SELECT FROM webhooks_delivery b WHERE b.endpoint_id = e.id AND b.state = 'delivering')
RETURNING d.id, d.endpoint_id, d.body
"""


@dataclass(frozen=True, slots=True)
class Lane:
    """What one worker sends to one endpoint now."""

    endpoint_id: str
    parcels: Sequence[Parcel]


@transaction.atomic
def claim(*, room: int, at: dt.datetime) -> list[Lane]:
    """Take up what is due for at most `room` endpoints."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"at": at, "room": room})
        endpoints = [row[0] for row in cursor.fetchall()]
        if not endpoints:
            return []
        wanted: dict[str, Any] = {"at": at, "lane": LANE, "probe": PROBE, "endpoints": endpoints}
        cursor.execute(TAKE, wanted)
        taken = cursor.fetchall()
    return _lanes(endpoints, taken, at)


@transaction.atomic
def release_stale(*, at: dt.datetime) -> int:
    """Give back what dead workers took up; it may have arrived, and goes out with the same id."""
    stale = Delivery.objects.filter(state=DeliveryState.DELIVERING, claimed_at__lte=at - LEASE)
    ids = list(stale.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return release(ids, at=at) if ids else 0


def release(delivery_ids: Collection[str], *, at: dt.datetime) -> int:
    """Give back what was taken up and not tried."""
    mine = Delivery.objects.filter(pk__in=delivery_ids, state=DeliveryState.DELIVERING)
    return mine.update(state=DeliveryState.PENDING, claimed_at=None, next_at=at)


def _lanes(
    endpoints: Sequence[str], taken: Sequence[tuple[str, str, str]], at: dt.datetime
) -> list[Lane]:
    known = {each.pk: each for each in _readable(endpoints)}
    lanes = []
    for endpoint_id in endpoints:
        endpoint = known.get(endpoint_id)
        parcels = [
            Parcel(
                delivery_id=delivery_id,
                endpoint_id=endpoint_id,
                url=endpoint.url if endpoint else "",
                body=body,
                claimed_at=at,
                secrets=_in_force(endpoint, at) if endpoint else (),
            )
            for delivery_id, belongs_to, body in sorted(taken)
            if belongs_to == endpoint_id
        ]
        if parcels:
            lanes.append(Lane(endpoint_id, parcels))
    return lanes


def _readable(endpoints: Sequence[str]) -> list[Endpoint]:
    """Return the endpoints whose secrets can be read; one that cannot must not hold up others."""
    rows = Endpoint.objects.filter(pk__in=endpoints)
    try:
        return list(rows)
    except UnreadableSecret:
        return [each for pk in endpoints for each in _one(pk)]


def _one(endpoint_id: str) -> list[Endpoint]:
    try:
        return [Endpoint.objects.get(pk=endpoint_id)]
    except UnreadableSecret:
        return []


def _in_force(endpoint: Endpoint, at: dt.datetime) -> tuple[str, ...]:
    if endpoint.old_secret_until is not None and endpoint.old_secret_until > at:
        return (endpoint.secret, endpoint.old_secret)
    return (endpoint.secret,)
