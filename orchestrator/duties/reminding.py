"""The steps of a round's time: reminders, overdue, and once a day until it is done."""

import datetime as dt
from collections.abc import Iterator, Sequence

from audit import ledger
from orchestrator.duties import telling
from orchestrator.duties.models import DutyRound
from orchestrator.duties.states import RoundState
from orchestrator.kernel.actors import system
from orchestrator.notifications.messages import Urgency
from orchestrator.timers.arming import NewTimer, arm, cancel
from orchestrator.timers.models import Timer

STEP = "duty.step"
HALF, DAY_BEFORE, OVERDUE, AGAIN = "half", "day-before", "overdue", "overdue-day-"
DAY = dt.timedelta(days=1)
# The first of these is the moment it is overdue; a day lies between two.
MOST_TOLD = 5
CLOCK = system("duties")
LAST_DAY = "There is a day left to do it."


def arm_steps(opened: DutyRound) -> None:
    """Arm every step of a round, in the transaction that opens it."""
    arm(
        NewTimer(kind=STEP, subject=str(opened.pk), step=step, due_at=due)
        for step, due in steps(opened.opened_at, opened.due_at)
    )


def cancel_steps(done: DutyRound, *, at: dt.datetime) -> None:
    """Take back what has not fired."""
    cancel(kind=STEP, subjects=[str(done.pk)], at=at)


def steps(opened_at: dt.datetime, due_at: dt.datetime) -> Iterator[tuple[str, dt.datetime]]:
    """Yield each step with its time, the earliest first."""
    half = opened_at + (due_at - opened_at) / 2
    before = [(HALF, half), (DAY_BEFORE, due_at - DAY)]
    yield from sorted((step for step in before if step[1] > opened_at), key=lambda step: step[1])
    yield OVERDUE, due_at
    for number in range(1, MOST_TOLD):
        yield f"{AGAIN}{number}", due_at + number * DAY


def step_due(timers: Sequence[Timer], at: dt.datetime) -> None:
    """Remind the assignee, or say that a round is overdue; a done round needs neither."""
    rows = DutyRound.objects.filter(pk__in=[int(timer.subject) for timer in timers])
    rows = rows.exclude(state=RoundState.DONE).select_for_update(of=("self",))
    found = rows.select_related("duty__role", "duty__workflow__owner", "assignee")
    by_id = {str(each.pk): each for each in found}
    for timer in timers:
        about = by_id.get(timer.subject)
        if about is not None:
            _carry_out(about, timer.step, at)


def _carry_out(about: DutyRound, step: str, at: dt.datetime) -> None:
    if step == HALF:
        telling.tell_assignee(
            about, step=step, urgency=Urgency.NORMAL, words="Half of the time is over.", at=at
        )
    elif step == DAY_BEFORE:
        telling.tell_assignee(about, step=step, urgency=Urgency.HIGH, words=LAST_DAY, at=at)
    else:
        _say_overdue(about, step, at)


def _say_overdue(about: DutyRound, step: str, at: dt.datetime) -> None:
    """Mark it once; after downtime the first step heard may be a later day's."""
    if about.overdue_at is None:
        about.amend(overdue_at=at)
        detail = {
            "due_at": about.due_at.isoformat(),
            "assignee": about.assignee.username if about.assignee else "",
        }
        ledger.record(
            event="duty.overdue", by=CLOCK, at=at, detail=detail, **telling.subject(about)
        )
    telling.tell_overdue(about, step=step, at=at)
