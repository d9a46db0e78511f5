"""Arming timers and taking them back, many at a time, in the caller's transaction."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from orchestrator.timers.models import Timer
from orchestrator.timers.states import TimerState

# In the given order, so that steps planned for one moment keep it. Keys that are there stay as
# they are: arming is repeated by whoever is not sure.
ARM = """
INSERT INTO timers_timer (kind, subject, step, detail, planned_at, due_at)
SELECT kind, subject, step, detail, due_at, due_at
FROM ROWS FROM (
  jsonb_to_recordset(%s::jsonb)
  AS (kind text, subject text, step text, detail jsonb, due_at timestamptz)
) WITH ORDINALITY AS armed (kind, subject, step, detail, due_at, number)
ORDER BY number
ON CONFLICT (kind, subject, step) DO NOTHING
"""
# One that fires at this very moment is left to its handler, which asks whether the matter is still
# open: waiting for it here could wait for somebody who waits for us.
CANCEL = """
WITH mine AS (
  SELECT id FROM timers_timer
  WHERE kind = %s AND subject = ANY(%s) AND state IN ('open', 'stuck')
  FOR UPDATE SKIP LOCKED
)
UPDATE timers_timer t SET state = 'cancelled', ended_at = %s FROM mine WHERE t.id = mine.id
"""


@dataclass(frozen=True, slots=True)
class NewTimer:
    """A step of a subject that is to fire at a time."""

    kind: str
    subject: str
    step: str
    due_at: dt.datetime
    detail: Mapping[str, Any] = field(default_factory=dict)


def arm(timers: Iterable[NewTimer]) -> None:
    """Store timers; one whose kind, subject and step are known already is left as it is."""
    # Everybody inserts subjects in the same order, so that no two wait for one another.
    rows = [_row(timer) for timer in sorted(timers, key=lambda each: (each.kind, each.subject))]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(ARM, [json.dumps(rows)])


def cancel(*, kind: str, subjects: Collection[str], at: dt.datetime) -> int:
    """Take back every timer of the subjects that has not fired; return how many there were."""
    if not subjects:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(CANCEL, [kind, list(subjects), at])
        return int(cursor.rowcount)


def drop(timers: Collection[Timer]) -> None:
    """Say that timers which are being fired had nothing left to do; called by their handler."""
    if timers:
        rows = Timer.objects.filter(pk__in=[timer.pk for timer in timers], state=TimerState.FIRED)
        rows.update(state=TimerState.CANCELLED)


def _row(timer: NewTimer) -> dict[str, Any]:
    return {
        "kind": timer.kind,
        "subject": timer.subject,
        "step": timer.step,
        "detail": dict(timer.detail),
        "due_at": timer.due_at.isoformat(),
    }
