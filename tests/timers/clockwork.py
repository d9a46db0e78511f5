"""A kind of timer for the tests: its handler writes down what it was given, in the database."""

import datetime as dt
from collections.abc import Sequence

from orchestrator.people.models import User
from orchestrator.timers import arming, firing
from orchestrator.timers.arming import NewTimer
from orchestrator.timers.models import Timer
from tests.factories import AT

KIND = "test.kind"
MINUTE = dt.timedelta(minutes=1)


class Handler:
    """Remembers what fired and refuses the subjects it is told to refuse."""

    def __init__(self) -> None:
        self.fired: list[tuple[str, str]] = []
        self.missed: list[tuple[str, list[str]]] = []
        self.calls: list[int] = []
        self.refused: set[str] = set()

    def __call__(self, timers: Sequence[Timer], at: dt.datetime) -> None:
        self.calls.append(len(timers))
        fired = []
        for timer in timers:
            if timer.subject in self.refused:
                User.objects.create(username=f"half-done-{timer.pk}")
                raise ValueError(f"{timer.subject} is broken")
            fired.append((timer.subject, timer.step))
            self.missed.append((timer.subject, [each.step for each in timer.missed]))
        self.fired += fired


def arm(*steps: tuple[str, str, int], kind: str = KIND) -> None:
    """Arm steps given as subject, step and minutes after AT."""
    arming.arm(
        NewTimer(kind, subject, step, AT + minutes * MINUTE) for subject, step, minutes in steps
    )


def fire(minutes: float) -> int:
    """Fire what is due so many minutes after AT."""
    return firing.fire_due(at_clock=lambda: AT + minutes * MINUTE)


def states() -> dict[tuple[str, str], str]:
    """Return the state of every timer of the test's kind, by subject and step."""
    rows = Timer.objects.filter(kind=KIND).order_by("pk")
    return {(row.subject, row.step): row.state for row in rows}
