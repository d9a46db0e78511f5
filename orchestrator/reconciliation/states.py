"""The states of a run, why it runs, and what a comparison can find."""

from orchestrator.kernel.choices import Choices


class RunState(Choices):
    # A row for the next daily run: its due time is a column, not a message.
    SCHEDULED = "scheduled"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


RUN_MOVES: dict[RunState, frozenset[RunState]] = {
    RunState.SCHEDULED: frozenset({RunState.RUNNING}),
    RunState.RUNNING: frozenset({RunState.FINISHED, RunState.FAILED}),
    RunState.FINISHED: frozenset(),
    RunState.FAILED: frozenset(),
}


class Cause(Choices):
    """Why a run runs."""

    DAILY = "daily"
    DEMAND = "demand"


class Kind(Choices):
    """How a value differs from what we last wrote; what is as written is only counted."""

    BY_PERSON = "changed_by_person"
    BY_AUTOMATION = "changed_by_automation"
    MISSING = "missing"
    UNREADABLE = "unreadable"
