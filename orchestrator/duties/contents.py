"""What each kind of duty looks at, when it comes round, and how long there is to do it."""

import datetime as dt
from dataclasses import dataclass

from orchestrator.calendars.hours import WorkingHours
from orchestrator.calendars.queries import hours_of
from orchestrator.duties.access_lines import access_lines
from orchestrator.duties.audit_lines import audit_lines
from orchestrator.duties.exception_lines import exception_lines
from orchestrator.duties.lines import NewLine
from orchestrator.duties.models import Duty
from orchestrator.duties.schedule import Schedule
from orchestrator.duties.states import DutyKind, Rhythm
from orchestrator.people.models import Role

NINE = dt.time(9)
TITLES = {
    DutyKind.EXCEPTION_REVIEW: "Exception review",
    DutyKind.ACCESS_REVIEW: "Access review",
    DutyKind.WORKFLOW_AUDIT: "Workflow audit",
}
PURPOSES = {
    DutyKind.EXCEPTION_REVIEW: "What did not go its usual way, and whether anything has to change",
    DutyKind.ACCESS_REVIEW: "Who and what may write, decide or administer, and whether it should",
    DutyKind.WORKFLOW_AUDIT: "How the workflow is set up, and what changed since the last audit",
}


@dataclass(frozen=True, slots=True)
class Default:
    """How a duty begins, until somebody arranges it otherwise."""

    schedule: Schedule
    due_within: int


DEFAULTS = {
    DutyKind.EXCEPTION_REVIEW: Default(Schedule(Rhythm.WEEKLY, 0, NINE), 2),
    DutyKind.ACCESS_REVIEW: Default(Schedule(Rhythm.MONTHLY_WORKING, 1, NINE), 5),
    DutyKind.WORKFLOW_AUDIT: Default(Schedule(Rhythm.MONTHLY_WORKING, 1, NINE), 5),
}


def title_of(duty: Duty) -> str:
    """Return a duty as people name it."""
    title = TITLES[DutyKind(duty.kind)]
    return f"{title}: {duty.workflow.title}" if duty.workflow else title


def schedule_of(duty: Duty) -> Schedule:
    """Return when a duty comes round."""
    return Schedule(duty.rhythm, duty.day, duty.time, duty.zone)


def hours_for(role: Role) -> WorkingHours:
    """Return when the people of a role work."""
    return hours_of(role.calendar.slug if role.calendar else "")


def lines_of(duty: Duty, *, since: dt.datetime, at: dt.datetime) -> list[NewLine]:
    """Return what has to be signed off if the duty comes round at this moment."""
    if duty.workflow is None:
        return access_lines(at=at)
    if duty.kind == DutyKind.EXCEPTION_REVIEW:
        return exception_lines(workflow=duty.workflow, since=since, until=at)
    return audit_lines(workflow=duty.workflow, since=since, at=at)
