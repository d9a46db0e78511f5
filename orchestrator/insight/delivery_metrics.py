"""What the metrics page tells of messages on their way out: one query, capped counts."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection
from prometheus_client.core import GaugeMetricFamily

# A count stops here: more is as bad, and costs no more to find out.
CAP = 1000
READ = """
SELECT
  (SELECT count(*) FROM (
     SELECT FROM notifications_delivery WHERE state = 'queued' AND due_at <= %(at)s LIMIT %(cap)s
   ) AS due),
  (SELECT count(*) FROM (
     SELECT FROM notifications_delivery WHERE state = 'sending' LIMIT %(cap)s
   ) AS sending),
  (SELECT count(*) FROM (
     SELECT FROM notifications_notification
     WHERE undelivered_at IS NOT NULL AND read_at IS NULL AND settled_at IS NULL LIMIT %(cap)s
   ) AS undelivered),
  (SELECT min(due_at) FROM notifications_delivery WHERE state = 'queued'),
  -- One look at each endpoint; what waits for one that is paused or rests waits on purpose.
  (SELECT min(first.due) FROM webhooks_endpoint e
   JOIN agents_agent a ON a.id = e.agent_id AND a.state = 'active'
   JOIN LATERAL (
     SELECT min(d.next_at) AS due FROM webhooks_delivery d
     WHERE d.endpoint_id = e.id AND d.state = 'pending'
   ) first ON true
   WHERE e.state = 'active' AND (e.rests_until IS NULL OR e.rests_until <= %(at)s))
"""


def families(at: dt.datetime) -> Iterator[GaugeMetricFamily]:
    """Yield every metric of deliveries."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {"at": at, "cap": CAP})
        *counts, oldest, webhook = cursor.fetchone()
    family = GaugeMetricFamily(
        "countersign_deliveries",
        f"Deliveries that are due or under way, and notifications that nobody got, up to {CAP}",
        labels=["state"],
    )
    for state, count in zip(("due", "sending", "undelivered"), counts, strict=True):
        family.add_metric([state], count)
    yield family
    yield GaugeMetricFamily(
        "countersign_delivery_oldest_seconds",
        "How long the oldest delivery has been due",
        value=_age(oldest, at),
    )
    yield GaugeMetricFamily(
        "countersign_webhook_oldest_seconds",
        "How long the oldest webhook message that could leave has been due",
        value=_age(webhook, at),
    )


def _age(moment: dt.datetime | None, at: dt.datetime) -> float:
    return max((at - moment).total_seconds(), 0) if moment else 0
