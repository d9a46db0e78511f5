"""Taking due timers: the last due step of each subject, by one worker only."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models.base import ModelState

from orchestrator.timers.models import Timer
from orchestrator.timers.states import TimerState

DUE_KINDS = """
SELECT kind FROM unnest(%s::text[]) AS known(kind)
WHERE EXISTS (
  SELECT 1 FROM timers_timer t
  WHERE t.kind = known.kind AND t.state = 'open' AND t.due_at <= %s
)
"""
COLUMNS = ("id", "subject", "step", "detail", "planned_at", "due_at", "attempts")
NAMES = ", ".join(f"t.{name}" for name in COLUMNS)
# The last due step of a subject is its handle: whoever holds it has the subject, because an
# earlier one is not claimed while a later one is due. So no step overtakes another, whatever
# number of workers claims, and nobody waits for a claimed one. Arrays and OFFSET 0 keep the
# planner to the indexes, whatever its statistics say of a table that fills and empties quickly.
CLAIM = f"""
WITH due AS (
  SELECT t.id FROM timers_timer t
  WHERE t.kind = %s AND t.state = 'open' AND t.due_at <= %s
    AND NOT EXISTS (
      SELECT 1 FROM timers_timer later
      WHERE later.kind = t.kind AND later.subject = t.subject
        AND later.state = 'open' AND later.due_at <= %s
        AND (later.planned_at, later.id) > (t.planned_at, t.id) OFFSET 0
    )
  ORDER BY t.due_at, t.id LIMIT %s
  FOR UPDATE OF t SKIP LOCKED
)
UPDATE timers_timer t SET state = 'fired', ended_at = %s
WHERE t.id = ANY(ARRAY(SELECT id FROM due))
RETURNING {NAMES}
"""  # noqa: S608 - the columns are ours
# What was planned before it and has not fired is missed, also if it waits for another try.
COLLAPSE = f"""
UPDATE timers_timer t SET state = 'collapsed', ended_at = %s
WHERE t.state = 'open' AND t.id = ANY(ARRAY(
  SELECT earlier.id
  FROM unnest(%s::bigint[]) AS claimed(id), LATERAL (
    SELECT kind, subject, planned_at FROM timers_timer l WHERE l.id = claimed.id OFFSET 0
  ) AS last, LATERAL (
    SELECT e.id FROM timers_timer e
    WHERE e.kind = last.kind AND e.subject = last.subject AND e.state = 'open'
      AND (e.planned_at, e.id) < (last.planned_at, claimed.id) OFFSET 0
  ) AS earlier
))
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
        claimed = [_timer(kind, TimerState.FIRED, at, row) for row in cursor.fetchall()]
    return sorted(claimed, key=_place)


def collapse(timers: Sequence[Timer], at: dt.datetime) -> None:
    """Mark the steps that the claimed ones stand for, and tell each of them which they are."""
    kind = timers[0].kind
    with connection.cursor() as cursor:
        cursor.execute(COLLAPSE, [at, [timer.pk for timer in timers]])
        missed = [_timer(kind, TimerState.COLLAPSED, at, row) for row in cursor.fetchall()]
    by_subject: dict[str, list[Timer]] = {}
    for timer in sorted(missed, key=_place):
        by_subject.setdefault(timer.subject, []).append(timer)
    for timer in timers:
        timer.missed = by_subject.get(timer.subject, ())


def _timer(kind: str, state: str, at: dt.datetime, row: Sequence[Any]) -> Timer:
    """Return a row as a model without its constructor, which takes longer than firing it."""
    timer = Timer.__new__(Timer)
    timer._state = ModelState()
    timer._state.adding, timer._state.db = False, connection.alias
    timer.__dict__.update(zip(COLUMNS, row, strict=True), kind=kind, state=state, ended_at=at)
    timer.detail = json.loads(timer.detail)
    return timer


def _place(timer: Timer) -> tuple[dt.datetime, int]:
    return timer.planned_at, timer.pk
