"""Deleting timers that are over, so that the table follows what is open and not what ever was."""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction

BATCH = 5000
PURGE = """
DELETE FROM timers_timer WHERE id IN (
  SELECT id FROM timers_timer WHERE ended_at < %s ORDER BY ended_at LIMIT %s
  FOR UPDATE SKIP LOCKED
)
"""


def purge(*, at: dt.datetime) -> int:
    """Delete the timers that ended longer ago than they are kept; return how many there were."""
    before = at - dt.timedelta(days=settings.COUNTERSIGN["timer_days"])
    total = 0
    while True:
        count = _purge_batch(before)
        total += count
        if count < BATCH:
            return total


@transaction.atomic
def _purge_batch(before: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(PURGE, [before, BATCH])
        return int(cursor.rowcount)
