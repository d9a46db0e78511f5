"""What the page of the auditor shows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.assurance.checks.irregular import Check
from orchestrator.assurance.checks.register import CHECKS
from orchestrator.assurance.models import Alarm, Finding, Look
from orchestrator.assurance.states import FindingState

MOST_LISTED = 50
LATEST = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One check as it stood at the latest look; no count where it could not look."""

    check: Check
    count: int | None
    looked: bool

    @property
    def well(self) -> bool:
        """Say whether it looked and found nothing."""
        return self.looked and self.count == 0


@dataclass(frozen=True, slots=True)
class Overview:
    """The latest look, what it asked, what stands, and what became of earlier findings."""

    look: Look | None
    rows: Sequence[Row]
    standing: Sequence[Finding]
    cleared: Sequence[Finding]
    alarms: Sequence[Alarm]


def overview() -> Overview:
    """Return how everything stands, in four queries."""
    look = Look.objects.first()
    counts = look.counts if look else {}
    findings = Finding.objects.select_related("alarm")
    return Overview(
        look=look,
        rows=[Row(each, counts.get(each.name), each.name in counts) for each in CHECKS],
        standing=list(findings.exclude(state=FindingState.CLEARED)[:MOST_LISTED]),
        cleared=list(findings.filter(state=FindingState.CLEARED)[:LATEST]),
        alarms=list(Alarm.objects.all()[:LATEST]),
    )


def alarmed(*, at: dt.datetime) -> int:
    """Return how many findings are alarming now, up to a bound."""
    rows = Finding.objects.filter(state=FindingState.ALARMED, seen_at__lte=at)
    return rows[:MOST_LISTED].count()
