"""The plan of a review: the steps with their moments, frozen as it opens. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from typing import Any

from orchestrator.calendars.hours import WorkingHours
from orchestrator.workflows import durations
from orchestrator.workflows.escalation import WHOLE, EscalationStep, length_after, share_of

# What would come at the deadline or later comes when so much of the time is left.
LAST_TENTH = 10
DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One step of a review's plan; without a moment it waits for an occasion."""

    key: str
    do: str
    # As the workflow file says it.
    at: str = ""
    on: str = ""
    to: str = ""
    due_at: dt.datetime | None = None
    # Why it comes at another moment than the file says, or not at all.
    note: str = ""
    skipped: bool = False

    @property
    def fires(self) -> bool:
        """Say whether a timer is armed for it: a deny is the deadline, and needs none."""
        return self.due_at is not None and self.do != DENY and not self.skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time of one review: when it opened, is due and is denied, and by which clock."""

    opened_at: dt.datetime
    due_at: dt.datetime
    deadline_at: dt.datetime
    hours: WorkingHours
    business: bool

    def at_share(self, per_cent: int, *, until: dt.datetime) -> dt.datetime:
        """Return when a share of the time until then has passed."""
        whole = durations.left(self.opened_at, until, self.hours, business=self.business)
        amount = whole * per_cent / WHOLE
        return durations.after(amount, self.opened_at, self.hours, business=self.business)

    def moment(self, at: str) -> dt.datetime:
        """Return the moment of a step as the file says it."""
        share = share_of(at)
        if share is not None:
            return self.at_share(share, until=self.due_at)
        return durations.add(length_after(at), self.due_at, self.hours)


def plan(steps: Sequence[EscalationStep], window: Window) -> list[PlannedStep]:
    """Return the steps with their moments, in the order of the plan, which is that of time."""
    named = [_named(number, step) for number, step in enumerate(steps, start=1) if step.at]
    moments = accumulate((_moment(step, window) for step in steps if step.at), max)
    timed = [replace(each, due_at=due) for each, due in zip(named, moments, strict=True)]
    waits = [step.only for step in steps if step.at]
    ordered = _superseded(_before_the_deadline(timed, window), waits, window)
    return [*ordered, *(_occasion(step) for step in steps if step.on)]


def occasions(steps: Sequence[EscalationStep], on: str) -> list[PlannedStep]:
    """Return the steps that answer an occasion."""
    return [_occasion(step) for step in steps if step.on == on]


def stored(steps: Iterable[PlannedStep]) -> list[dict[str, Any]]:
    """Return the steps as a review keeps them, with a mark on those that get a timer."""
    return [
        {
            name: value.isoformat() if isinstance(value, dt.datetime) else value
            for name, value in {**asdict(step), "fires": step.fires}.items()
            if value not in ("", None, False)
        }
        for step in steps
    ]


def read(plan: Iterable[dict[str, Any]]) -> list[PlannedStep]:
    """Return the steps that a review keeps."""
    return [_read(**step) for step in plan]


def _read(*, due_at: str = "", fires: bool = False, **rest: Any) -> PlannedStep:
    return PlannedStep(due_at=dt.datetime.fromisoformat(due_at) if due_at else None, **rest)


def _named(number: int, step: EscalationStep) -> PlannedStep:
    return PlannedStep(key=f"{number}-{step.do}", do=step.do, at=step.at or "", to=step.to or "")


def _occasion(step: EscalationStep) -> PlannedStep:
    return PlannedStep(key=f"{step.on}-{step.do}", do=step.do, on=step.on or "", to=step.to or "")


def _moment(step: EscalationStep, window: Window) -> dt.datetime:
    if step.do == DENY:
        return window.deadline_at
    return window.moment(step.at or "100%")


def _before_the_deadline(steps: Sequence[PlannedStep], window: Window) -> list[PlannedStep]:
    """Bring forward what would come when nobody can decide any more, evenly and in order."""
    late = [step for step in steps if step.do != DENY and _due(step) >= window.deadline_at]
    if not late:
        return list(steps)
    early = [_due(step) for step in steps if step.do != DENY and step not in late]
    tenth = window.at_share(WHOLE - LAST_TENTH, until=window.deadline_at)
    start = min(max([tenth, window.opened_at, *early]), window.deadline_at)
    # Right where a step stands that keeps its moment, the first of them waits its turn.
    taken = int(start in early)
    pause = (window.deadline_at - start) / (len(late) + taken)
    moved = {
        step.key: replace(
            step, due_at=start + pause * number, note="earlier than planned, before the deadline"
        )
        for number, step in enumerate(late, start=taken)
    }
    return [moved.get(step.key, step) for step in steps]


def _superseded(
    steps: Sequence[PlannedStep], waits: Sequence[str | None], window: Window
) -> list[PlannedStep]:
    """Let steps wait for working hours; one that would wait past the next step is left out."""
    found: list[PlannedStep] = []
    for number, (step, wait) in enumerate(zip(steps, waits, strict=True)):
        if wait is None or window.hours.is_open(_due(step)):
            found.append(step)
            continue
        opens = window.hours.next_open(_due(step))
        following = min([*(_due(each) for each in steps[number + 1 :]), window.deadline_at])
        if opens >= following:
            found.append(replace(step, skipped=True, note="nobody works before the next step"))
        else:
            found.append(replace(step, due_at=opens, note="waits until people work"))
    return found


def _due(step: PlannedStep) -> dt.datetime:
    if step.due_at is None:
        raise ValueError(f"The step {step.key} has no moment.")
    return step.due_at
