"""The duties that every installation and every workflow has: made by a sweep, never forgotten."""

import datetime as dt
from collections.abc import Iterable

from orchestrator.duties.contents import DEFAULTS, hours_for
from orchestrator.duties.models import Duty
from orchestrator.duties.schedule import next_after
from orchestrator.duties.states import DutyKind
from orchestrator.people.models import Role
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.staffing import DEFAULT_ROLE

OF_A_WORKFLOW = (DutyKind.EXCEPTION_REVIEW, DutyKind.WORKFLOW_AUDIT)


def ensure_duties(*, at: dt.datetime) -> int:
    """Give the installation and every workflow the duties they lack; return how many those are."""
    role = Role.objects.select_related("calendar").filter(slug=DEFAULT_ROLE).first()
    if role is None:
        # A house without ops owners is not set up yet; the next sweep looks again.
        return 0
    missing = [_new(kind, workflow_id, role, at) for kind, workflow_id in _missing()]
    # Another sweep may run at the same time: the constraint lets one of the two rows stand.
    Duty.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def _missing() -> Iterable[tuple[DutyKind, int | None]]:
    known = set(Duty.objects.values_list("kind", "workflow"))
    wanted: list[tuple[DutyKind, int | None]] = [(DutyKind.ACCESS_REVIEW, None)]
    for key in Workflow.objects.order_by("pk").values_list("pk", flat=True):
        wanted += [(kind, key) for kind in OF_A_WORKFLOW]
    return [each for each in wanted if each not in known]


def _new(kind: DutyKind, workflow_id: int | None, role: Role, at: dt.datetime) -> Duty:
    default = DEFAULTS[kind]
    first = next_after(default.schedule, at, hours_for(role))
    return Duty(
        kind=kind,
        workflow_id=workflow_id,
        role=role,
        rhythm=default.schedule.rhythm,
        day=default.schedule.day,
        time=default.schedule.time,
        zone=default.schedule.zone,
        due_within=default.due_within,
        opens_at=first.at,
        period=first.period,
        looked_until=at,
    )
