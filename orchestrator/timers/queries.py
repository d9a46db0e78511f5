"""How the timers stand, for metrics and for the auditor."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

# Counted so far and estimated beyond: a million rows are no business of a metrics page.
CAP = 1000
STANDING = """
SELECT
  (SELECT count(*) FROM (
    SELECT 1 FROM timers_timer WHERE state = 'open' LIMIT %(cap)s) AS open),
  (SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'timer_due'::regclass),
  (SELECT count(*) FROM (
    SELECT 1 FROM timers_timer t WHERE t.state = 'open' AND t.kind = ANY(%(kinds)s)
      AND t.due_at <= %(at)s LIMIT %(cap)s) AS due),
  (SELECT min(oldest.due_at) FROM unnest(%(kinds)s::text[]) AS known(kind), LATERAL (
    SELECT t.due_at FROM timers_timer t WHERE t.kind = known.kind AND t.state = 'open'
    ORDER BY t.due_at LIMIT 1) AS oldest),
  (SELECT count(*) FROM (
    SELECT 1 FROM timers_timer WHERE state = 'stuck' LIMIT %(cap)s) AS stuck)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many timers are open (about), due and stuck (up to CAP), and how late the latest is."""

    open: int
    due: int
    late: dt.timedelta
    stuck: int


def standing(*, kinds: Sequence[str], at: dt.datetime) -> Standing:
    """Return how the timers of these kinds stand, in one query of bounded cost."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"kinds": list(kinds), "at": at, "cap": CAP})
        counted, estimated, due, oldest, stuck = cursor.fetchone()
    late = max(at - oldest, dt.timedelta()) if oldest else dt.timedelta()
    return Standing(counted if counted < CAP else max(estimated, CAP), due, late, stuck)
