"""The two clocks of a proposal: decide by, and execute by. A deadline denies; it never approves."""

import datetime as dt

from orchestrator.workflows import durations
from orchestrator.workflows.definition import WorkflowDefinition

ZONE = "UTC"


def deadline(
    definition: WorkflowDefinition, *, start: dt.datetime, timeout: dt.timedelta | None = None
) -> dt.datetime:
    """Return when an undecided proposal expires; a requester's timeout only makes it sooner."""
    by_workflow = durations.add(definition.sla.decide_within, start, ZONE)
    return by_workflow if timeout is None else min(by_workflow, start + timeout)


def execute_by(definition: WorkflowDefinition, *, approved_at: dt.datetime) -> dt.datetime:
    """Return until when an approval may be written."""
    return durations.add(definition.sla.execute_within, approved_at, ZONE)
