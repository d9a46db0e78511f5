"""The clocks of a proposal: due, decide by, execute by. A deadline denies; it never approves."""

import datetime as dt
from functools import lru_cache

from orchestrator.workflows import durations
from orchestrator.workflows.definition import WorkflowDefinition

ZONE = "UTC"
WHOLE = 100


def due(definition: WorkflowDefinition, *, start: dt.datetime) -> dt.datetime:
    """Return when people should have decided what came to them at `start`."""
    return durations.add(parsed(definition.sla.decide_within), start, ZONE)


def deadline(
    definition: WorkflowDefinition, *, start: dt.datetime, timeout: dt.timedelta | None = None
) -> dt.datetime:
    """Return when an undecided proposal expires; a requester's timeout only makes it sooner."""
    within = parsed(definition.sla.decide_within)
    share = _denied_at(definition)
    longer = durations.Duration(within.minutes * share // WHOLE, within.business)
    by_workflow = durations.add(longer, start, ZONE)
    return by_workflow if timeout is None else min(by_workflow, start + timeout)


def execute_by(definition: WorkflowDefinition, *, approved_at: dt.datetime) -> dt.datetime:
    """Return until when an approval may be written."""
    return durations.add(parsed(definition.sla.execute_within), approved_at, ZONE)


@lru_cache(maxsize=256)
def parsed(text: str) -> durations.Duration:
    """Return the duration that the words of a definition say."""
    return durations.parse_duration(text)


def _denied_at(definition: WorkflowDefinition) -> int:
    """Return at which share of the time to decide the answer becomes no, in per cent."""
    for step in definition.escalation:
        if step.do == "deny":
            return max(int(step.at.rstrip("%")), 1)
    return WHOLE
