"""What becomes of a timer whose handler fails: later, then stuck, never lost."""

import datetime as dt
from collections.abc import Collection

from orchestrator.timers.models import Timer
from orchestrator.timers.states import TimerState

ATTEMPTS = 8
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=5), dt.timedelta(minutes=10)


def put_off(timer: Timer, trouble: Exception, at: dt.datetime) -> None:
    """Try the claimed timer again later, or leave it to people after too many tries."""
    attempts = timer.attempts + 1
    stuck = attempts >= ATTEMPTS
    Timer.objects.filter(pk=timer.pk).update(
        state=TimerState.STUCK if stuck else TimerState.OPEN,
        ended_at=None,
        attempts=attempts,
        due_at=timer.due_at if stuck else at + wait(attempts),
        error=f"{type(trouble).__name__}: {trouble}"[:2000],
    )


def wait(attempts: int) -> dt.timedelta:
    """Return how long to wait after so many failed tries."""
    return min(FIRST_WAIT * int(2 ** (attempts - 1)), LONGEST_WAIT)


def try_again(*, kind: str, subjects: Collection[str], at: dt.datetime) -> int:
    """Open the stuck timers of the subjects again, due now; return how many there were."""
    rows = Timer.objects.filter(kind=kind, subject__in=subjects, state=TimerState.STUCK)
    return rows.update(state=TimerState.OPEN, attempts=0, due_at=at)
