"""Raising alarms, and sending them until one way has taken them."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import asdict

from django.conf import settings
from django.db import transaction

from orchestrator.assurance import ways
from orchestrator.assurance.models import Alarm, Finding
from orchestrator.assurance.states import AlarmState
from orchestrator.kernel import faultpoints
from orchestrator.kernel.states import StaleState

logger = logging.getLogger(__name__)
# Tried again after each of these, then given up: the page and the log go on saying so.
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60))
# What an alarm lists; the rest is a number.
LISTED = 20
# While one process sends, no other does; if it dies, another takes over after this.
LEASE = dt.timedelta(minutes=2)


def raise_alarm(findings: Sequence[Finding], *, at: dt.datetime) -> Alarm:
    """Store one alarm for everything that became alarming now; it is sent after the commit."""
    count = len(findings)
    things = "one thing" if count == 1 else f"{count} things"
    lines = [f"{finding.words} {_address(finding.path)}".strip() for finding in findings[:LISTED]]
    if count > LISTED:
        lines.append(f"And {count - LISTED} more.")
    title = f"The auditor found {things} without a next step"
    logger.error("%s: %s", title, " | ".join(lines))
    return Alarm.objects.create(title=title, lines=lines, raised_at=at, due_at=at)


def raise_drill(*, by: str, at: dt.datetime) -> Alarm:
    """Store an alarm that only tries out the second path."""
    return Alarm.objects.create(
        title="Drill: nothing is wrong",
        lines=[f"{by} tries out the alarm. Nothing has to be done. {_address('/assurance/')}"],
        drill=True,
        raised_at=at,
        due_at=at,
    )


def send_due(*, at: dt.datetime) -> int:
    """
    Send the alarms that are due, outside of any transaction; return how many were taken.

    A process that dies between the sending and the note of it leads to a second message with the
    same key: an alarm too many is better than none.
    """
    return sum(_send(alarm, at) for alarm in _claimed(at))


@transaction.atomic
def _claimed(at: dt.datetime) -> list[Alarm]:
    due = Alarm.objects.filter(state=AlarmState.QUEUED, due_at__lte=at).order_by("due_at")
    alarms = list(due.select_for_update(skip_locked=True)[:LISTED])
    for alarm in alarms:
        alarm.amend(due_at=at + LEASE, attempts=alarm.attempts + 1)
    return alarms


def _send(alarm: Alarm, at: dt.datetime) -> bool:
    faultpoints.reach("alarm.before_sending")
    results = ways.send(title=alarm.title, lines=alarm.lines, key=f"alarm-{alarm.pk}")
    faultpoints.reach("alarm.after_sending")
    told = [asdict(result) for result in results]
    try:
        if any(result.sent for result in results):
            alarm.move(AlarmState.SENT, results=told, ended_at=at)
            return True
        if not results or alarm.attempts > len(WAITS):
            alarm.move(AlarmState.FAILED, results=told, ended_at=at)
            logger.critical("an alarm reached nobody: %s", alarm.title)
            return False
        alarm.amend(due_at=at + WAITS[alarm.attempts - 1], results=told)
    except StaleState:
        # Another process took over meanwhile and has ended it.
        return False
    return False


def _address(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}" if path else ""
