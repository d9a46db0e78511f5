"""Signs of life of the parts that nobody looks at: beat sends one to every queue's workers."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings

from orchestrator.commits.models import Pulse

# What stands still when the workers of a queue are silent.
WORK = {
    "prepare": "Proposals are not prepared",
    "commit": "Nothing is written to the CRM",
    "timers": "Deadlines and escalations do not fire",
    "notify": "Nobody is notified",
    "insight": "Nothing is reconciled or observed",
    "auditor": "Nobody checks that deadlines and escalations fire",
}

# One long task keeps a worker from showing that it lives: a whole drain, a bulk decision, a
# reconciliation. Of those, silence means something only later.
PATIENCE = {"commit": 5, "notify": 5, "insight": 15, "auditor": 5}


@dataclass(frozen=True, slots=True)
class Silence:
    """A queue whose workers have shown no sign of life since then, or never."""

    part: str
    since: dt.datetime | None

    @property
    def words(self) -> str:
        """Return what stands still, as people read it."""
        return WORK.get(self.part, f"The workers of {self.part} do nothing")


def beat(*, part: str, at: dt.datetime) -> None:
    """Note that a part of the system lives."""
    Pulse.objects.update_or_create(part=part, defaults={"at": at})


def last_seen() -> dict[str, dt.datetime]:
    """Return when each part showed last that it lives."""
    return dict(Pulse.objects.values_list("part", "at"))


def silences(
    seen: Mapping[str, dt.datetime], *, started_at: dt.datetime, at: dt.datetime
) -> list[Silence]:
    """
    Return the expected parts that are silent.

    `started_at` is when whoever asks began to look: what has never been seen gets as long as
    everything else before it counts as silent.
    """
    longest = float(settings.COUNTERSIGN["silent_after_seconds"])
    expected: Iterable[str] = settings.COUNTERSIGN["pulses_expected"]
    return [
        Silence(part, seen.get(part))
        for part in expected
        if at - seen.get(part, started_at) > dt.timedelta(seconds=longest * PATIENCE.get(part, 1))
    ]
