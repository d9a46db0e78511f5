"""Do the clocks of a definition make sense together? Every problem with its place. Pure."""

import datetime as dt
from collections.abc import Iterator

from orchestrator.calendars.hours import DEFAULT
from orchestrator.workflows.consistency import Finding
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.durations import Duration, amount_of
from orchestrator.workflows.escalation import denied_at
from orchestrator.workflows.positions import Place

YEAR = dt.timedelta(days=366)
# By the clock a year has as many hours as there are; of working time about two thousand.
WORKING_YEAR = dt.timedelta(hours=53 * 40)


def bad_clocks(definition: WorkflowDefinition) -> Iterator[Finding]:
    """Yield clocks that run for years, and stages that outlast the deadline of the whole."""
    for place, duration in _clocks(definition):
        if amount_of(duration, DEFAULT) > (WORKING_YEAR if duration.business else YEAR):
            yield place, f"'{duration}' is longer than a year; nobody would wait for it."
    for place, duration in _stages(definition):
        if _outlasts(duration, definition):
            whole = definition.sla.decide_within
            yield (
                place,
                f"The proposal expires before: people decide within {whole}, and the answer is no "
                f"at {denied_at(definition.escalation)}% of that. Make the stage shorter, or "
                "'sla.decide_within' longer.",
            )


def _clocks(definition: WorkflowDefinition) -> Iterator[tuple[Place, Duration]]:
    for name in ("decide_within", "execute_within", "answer_within"):
        yield ("sla", name), getattr(definition.sla, name)
    yield from _stages(definition)


def _stages(definition: WorkflowDefinition) -> Iterator[tuple[Place, Duration]]:
    for name, action in definition.actions.items():
        for number, stage in enumerate(action.stages):
            if stage.decide_within is not None:
                yield ("actions", name, "stages", number, "decide_within"), stage.decide_within


def _outlasts(stage: Duration, definition: WorkflowDefinition) -> bool:
    """Only lengths of one kind compare: working hours and hours by the clock do not."""
    whole = definition.sla.decide_within
    limit = amount_of(whole, DEFAULT) * denied_at(definition.escalation) / 100
    return stage.business == whole.business and amount_of(stage, DEFAULT) > limit
