"""Timers: does everything that is due fire?"""

import datetime as dt

from orchestrator.assurance.checks.irregular import Irregularity
from orchestrator.timers import failing, handlers
from orchestrator.timers.models import Timer
from orchestrator.timers.states import TimerState

# A tick comes each second; this late means that none comes.
LATE = dt.timedelta(minutes=2)
MOST = 100


def late_timers(at: dt.datetime) -> list[Irregularity]:
    """Return the kinds of timers whose oldest should have fired minutes ago."""
    found = []
    for kind in handlers.kinds():
        rows = Timer.objects.filter(kind=kind, state=TimerState.OPEN).order_by("due_at")
        oldest = rows.values_list("due_at", flat=True).first()
        if oldest is not None and oldest < at - LATE:
            words = f"Timers of the kind {kind} wait since {oldest:%d %b %Y, %H:%M} UTC."
            found.append(Irregularity("timers", kind, words, ""))
    return found


def stuck_timers(at: dt.datetime) -> list[Irregularity]:
    """Return the subjects whose timer failed so often that it is not tried any more."""
    rows = Timer.objects.filter(state=TimerState.STUCK).order_by("pk")[:MOST]
    return [
        Irregularity(
            "timer",
            f"{timer.kind}:{timer.subject}"[:120],
            f"The step {timer.step} of {timer.kind} failed {timer.attempts} times.",
            "",
        )
        for timer in rows
    ]


def try_stuck_again(subject: str, at: dt.datetime) -> bool:
    """Let the stuck timers of a subject be tried again."""
    kind, _, of = subject.partition(":")
    return failing.try_again(kind=kind, subjects=[of], at=at) > 0
