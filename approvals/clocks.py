"""The clocks of a proposal: due, decide by, execute by. A deadline denies; it never approves."""

import datetime as dt

from orchestrator.workflows import durations
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.durations import Duration

ZONE = "UTC"
WHOLE = 100


def due(definition: WorkflowDefinition, *, start: dt.datetime) -> dt.datetime:
    """Return when people should have decided what came to them at `start`."""
    return durations.add(definition.sla.decide_within, start, ZONE)


def deadline(
    definition: WorkflowDefinition, *, start: dt.datetime, timeout: dt.timedelta | None = None
) -> dt.datetime:
    """Return when an undecided proposal expires; a requester's timeout only makes it sooner."""
    longer = _share(definition.sla.decide_within, _denied_at(definition))
    by_workflow = durations.add(longer, start, ZONE)
    return by_workflow if timeout is None else min(by_workflow, start + timeout)


def execute_by(definition: WorkflowDefinition, *, approved_at: dt.datetime) -> dt.datetime:
    """Return until when an approval may be written."""
    return durations.add(definition.sla.execute_within, approved_at, ZONE)


def _denied_at(definition: WorkflowDefinition) -> int:
    """Return at which share of the time to decide the answer becomes no, in per cent."""
    for step in definition.escalation:
        if step.do == "deny":
            return max(int(step.at.rstrip("%")), 1)
    return WHOLE


def _share(whole: Duration, per_cent: int) -> Duration:
    if per_cent == WHOLE:
        return whole
    minutes = durations.WORKING_MINUTES if whole.business else durations.MINUTES
    return Duration(
        max(whole.amount * minutes[whole.unit] * per_cent // WHOLE, 1), "minute", whole.business
    )
