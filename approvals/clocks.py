"""The clocks of a proposal: due, decide by, answer by, execute by. A deadline denies."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.calendars.queries import NamedHours, named_hours
from orchestrator.people.models import Role
from orchestrator.workflows import durations
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.durations import Duration
from orchestrator.workflows.escalation import denied_at


@dataclass(frozen=True, slots=True)
class StageClock:
    """How long a stage may take, and the working hours it goes by."""

    within: Duration
    calendar: NamedHours

    def due(self, *, start: dt.datetime, remaining: dt.timedelta | None = None) -> dt.datetime:
        """Return when it is due if it opens at `start`, with its whole time or what remained."""
        hours, business = self.calendar.hours, self.within.business
        amount = durations.amount_of(self.within, hours) if remaining is None else remaining
        return durations.after(amount, start, hours, business=business)

    def left(self, *, at: dt.datetime, due: dt.datetime) -> dt.timedelta:
        """Return how much of its time is left."""
        return durations.left(at, due, self.calendar.hours, business=self.within.business)

    def as_policy(self) -> dict[str, Any]:
        """Return what a review keeps of it: the answer to "why is it due then?"."""
        return {
            "within": str(self.within),
            "calendar": self.calendar.slug,
            "calendar_title": self.calendar.title,
            "zone": self.calendar.hours.zone,
            "digest": self.calendar.digest,
        }


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of one version of a workflow, by its calendar."""

    definition: WorkflowDefinition
    calendar: NamedHours

    def stage(self, within: str, role: Role | None) -> StageClock:
        """Return the clock of a stage; a role's own calendar beats the workflow's."""
        length = durations.parse_duration(within) if within else self.definition.sla.decide_within
        own = NamedHours.of(role.calendar) if role is not None and role.calendar else None
        return StageClock(length, own or self.calendar)

    def deadline(self, *, start: dt.datetime, timeout_at: dt.datetime | None = None) -> dt.datetime:
        """Return when an undecided proposal expires; a requester's limit only makes it sooner."""
        within, hours = self.definition.sla.decide_within, self.calendar.hours
        amount = durations.share(within, denied_at(self.definition.escalation), hours)
        return self.resumed(amount, at=start, timeout_at=timeout_at)

    def execute_by(self, *, approved_at: dt.datetime) -> dt.datetime:
        """Return until when an approval may be written."""
        return durations.add(self.definition.sla.execute_within, approved_at, self.calendar.hours)

    def undo_until(self, *, approved_at: dt.datetime, seconds: int) -> dt.datetime | None:
        """
        Return until when an approval by people may be taken back; nothing is written before.

        `seconds` is how long this site gives where the workflow does not say. There is no such time
        where it would use up what there is to write in.
        """
        own = self.definition.sla.undo_seconds
        until = approved_at + dt.timedelta(seconds=seconds if own is None else own)
        in_time = approved_at < until < self.execute_by(approved_at=approved_at)
        return until if in_time else None

    def answer_by(self, *, asked_at: dt.datetime) -> dt.datetime:
        """Return until when the requester may answer a question."""
        return durations.add(self.definition.sla.answer_within, asked_at, self.calendar.hours)

    def left_to_decide(self, *, at: dt.datetime, deadline: dt.datetime) -> dt.timedelta:
        """Return how much of the time to decide is left."""
        business = self.definition.sla.decide_within.business
        return durations.left(at, deadline, self.calendar.hours, business=business)

    def resumed(
        self, left: dt.timedelta, *, at: dt.datetime, timeout_at: dt.datetime | None
    ) -> dt.datetime:
        """Return the deadline if what was left of the time to decide runs on from here."""
        business = self.definition.sla.decide_within.business
        deadline = durations.after(left, at, self.calendar.hours, business=business)
        return deadline if timeout_at is None else min(deadline, timeout_at)


def clocks_of(definition: WorkflowDefinition) -> Clocks:
    """Return a version's clocks, by its calendar as it is now; asks nothing without a calendar."""
    return clocks_for(calendars_of([definition]), definition)


def calendars_of(definitions: Iterable[WorkflowDefinition]) -> dict[str, NamedHours]:
    """Return the calendars that these versions name, in one query at most."""
    return named_hours({definition.sla.calendar for definition in definitions})


def clocks_for(calendars: Mapping[str, NamedHours], definition: WorkflowDefinition) -> Clocks:
    """Return a version's clocks by calendars that were read before."""
    return Clocks(definition, calendars.get(definition.sla.calendar) or NamedHours.of(None))


def stage_clock(
    frozen: Mapping[str, Any], calendars: Mapping[str, NamedHours], workflow: Clocks
) -> StageClock:
    """Return the clock that a review's policy describes, by its calendar as it is now."""
    within = frozen.get("within") or str(workflow.definition.sla.decide_within)
    calendar = calendars.get(frozen.get("calendar", "")) or NamedHours.of(None)
    return StageClock(durations.parse_duration(within), calendar)
