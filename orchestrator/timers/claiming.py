"""Taking due timers: the last due step of each subject, by one worker only."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from orchestrator.kernel.partial_rows import partial_row
from orchestrator.timers.models import Timer

DUE_KINDS = """
SELECT kind FROM unnest(%s::text[]) AS known(kind)
WHERE EXISTS (
  SELECT 1 FROM timers_timer t
  WHERE t.kind = known.kind AND t.state = 'open' AND t.due_at <= %s
)
"""
COLUMNS = (
    "id", "kind", "subject", "step", "detail", "planned_at", "due_at", "attempts", "state",
    "ended_at",
)  # fmt: skip
NAMES = ", ".join(f"t.{name}" for name in COLUMNS)
# The last due step of a subject is its handle: whoever holds it has the subject, because an
# earlier one is not claimed while a later one is due. So no step overtakes another, whatever
# number of workers claims, and nobody waits for a claimed one.
CLAIM = f"""
WITH due AS (
  SELECT t.id FROM timers_timer t
  WHERE t.kind = %s AND t.state = 'open' AND t.due_at <= %s
    AND NOT EXISTS (
      SELECT 1 FROM timers_timer later
      WHERE later.kind = t.kind AND later.subject = t.subject
        AND later.state = 'open' AND later.due_at <= %s
        AND (later.planned_at, later.id) > (t.planned_at, t.id)
    )
  ORDER BY t.due_at, t.id LIMIT %s
  FOR UPDATE OF t SKIP LOCKED
)
UPDATE timers_timer t SET state = 'fired', ended_at = %s FROM due WHERE t.id = due.id
RETURNING {NAMES}
"""  # noqa: S608 - the columns are ours
# What was planned before it and has not fired is missed, also if it waits for another try.
COLLAPSE = f"""
UPDATE timers_timer t SET state = 'collapsed', ended_at = %s
FROM unnest(%s::text[], %s::timestamptz[], %s::bigint[]) AS last(subject, planned_at, id)
WHERE t.kind = %s AND t.subject = last.subject AND t.state = 'open'
  AND (t.planned_at, t.id) < (last.planned_at, last.id)
RETURNING {NAMES}
"""  # noqa: S608 - the columns are ours


def due_kinds(kinds: Sequence[str], at: dt.datetime) -> list[str]:
    """Return which of the kinds have something due: one look, however much is open."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_KINDS, [list(kinds), at])
        return [kind for (kind,) in cursor.fetchall()]


def claim(kind: str, *, limit: int, at: dt.datetime) -> list[Timer]:
    """Take up to so many subjects' last due steps as fired, in the order they were due."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [kind, at, at, limit, at])
        claimed = [_timer(row) for row in cursor.fetchall()]
    return sorted(claimed, key=lambda timer: (timer.planned_at, timer.pk))


def collapse(timers: Sequence[Timer], at: dt.datetime) -> None:
    """Mark the steps that the claimed ones stand for, and tell each of them which they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            COLLAPSE,
            [
                at,
                [timer.subject for timer in timers],
                [timer.planned_at for timer in timers],
                [timer.pk for timer in timers],
                timers[0].kind,
            ],
        )
        missed = [_timer(row) for row in cursor.fetchall()]
    by_subject: dict[str, list[Timer]] = {}
    for timer in sorted(missed, key=lambda each: (each.planned_at, each.pk)):
        by_subject.setdefault(timer.subject, []).append(timer)
    for timer in timers:
        timer.missed = by_subject.get(timer.subject, ())


def _timer(row: Sequence[Any]) -> Timer:
    values = dict(zip(COLUMNS, row, strict=True))
    return partial_row(Timer, **{**values, "detail": json.loads(values["detail"])})
