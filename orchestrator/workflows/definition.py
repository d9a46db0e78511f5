"""What a workflow file may say, checked and typed. Pure: no database, no clock, no framework."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from orchestrator.workflows.declared import (
    Anomaly,
    Canary,
    FieldOwnership,
    Limit,
    Promotion,
    State,
    Trigger,
    Window,
)
from orchestrator.workflows.durations import Duration
from orchestrator.workflows.escalation import Escalation
from orchestrator.workflows.parts import (
    ActionName,
    AnyDuration,
    Condition,
    CrmName,
    FieldPath,
    Line,
    Part,
    ReasonCode,
    Slug,
    Username,
    Words,
)

Operation = Literal["update", "create", "delete"]
EvidenceKind = Literal["url", "salesforce", "quote", "file"]
Alterable = Literal["self", "second", "off"]


class FieldRule(Part):
    """Bounds of one field's new value."""

    allowed: list[str | bool | int | float | None] | None = Field(default=None, min_length=1)
    max_change_pct: float | None = Field(default=None, gt=0)
    max_shift_days: int | None = Field(default=None, gt=0)
    min: float | None = None
    max: float | None = None
    max_length: int | None = Field(default=None, gt=0)

    @property
    def bounded(self) -> bool:
        """Say whether it leaves a new value less than everything."""
        return any(bound is not None for bound in self.model_dump().values())

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("'min' is above 'max', so no value would fit.")
        return self


class Target(Part):
    """Records that an action writes: an object, the operations on it, its fields."""

    object: CrmName
    operations: list[Operation] = Field(default=["update"], min_length=1)
    fields: dict[CrmName, FieldRule] = {}

    @model_validator(mode="after")
    def _writes_something(self) -> Self:
        if not self.fields and set(self.operations) != {"delete"}:
            raise ValueError("List the fields that the action may write.")
        return self


class Reversibility(Part):
    """How a change is undone, and what has to be undone along with it."""

    how: ReasonCode
    also: list[ReasonCode] = []


class EvidenceNeed(Part):
    """How much evidence of which kinds a proposal must bring."""

    at_least: int = Field(ge=1, le=50)
    kinds: list[EvidenceKind] = Field(default=["url", "salesforce", "quote", "file"], min_length=1)


class StageDefinition(Part):
    """A role that must decide, how many of it, and when it is asked at all."""

    role: Slug
    quorum: int | Literal["all"] = 1
    when: Condition | None = None
    # Its own time to decide; without one, that of the workflow.
    decide_within: AnyDuration | None = None

    @model_validator(mode="after")
    def _asks_somebody(self) -> Self:
        if isinstance(self.quorum, int) and not 1 <= self.quorum <= 20:
            raise ValueError("'quorum' is a number of people from 1 to 20, or 'all'.")
        return self


class ConfidenceRule(Part):
    """Below which confidence an automatic action asks people after all."""

    below: float = Field(gt=0, le=1)
    then: Literal["human_in_loop"] = "human_in_loop"
    tag: str = Field(default="", max_length=60)


class ConditionRule(Part):
    """A condition that makes the action stricter, and the reason people read."""

    when: Condition
    then: Literal["human_in_loop", "human_only", "refuse"]
    because: Words


class ActionDefinition(Target):
    """A named kind of change and everything that governs it."""

    also_writes: list[Target] = []
    policy: Literal["automatic", "human_in_loop", "human_only"]
    # Every update, create and delete keeps what undoes it, so this is true unless somebody says no.
    reversible: Reversibility | bool = True
    reasons: list[ReasonCode] = []
    evidence: EvidenceNeed | None = None
    stages: list[StageDefinition] = Field(default=[], max_length=10)
    confidence: ConfidenceRule | None = None
    conditions: list[ConditionRule] = []
    # Who approves what a person left of it, and what a person edited in it: the same person, a
    # second one, or nobody because it cannot be done.
    parts: Alterable = "self"
    edits: Alterable = "second"

    @model_validator(mode="after")
    def _is_gated_if_final(self) -> Self:
        if self.policy == "automatic" and not self.reversible:
            raise ValueError("An action that cannot be undone can never be automatic.")
        if len(set(self.reasons)) != len(self.reasons):
            raise ValueError("A reason stands twice in 'reasons'.")
        return self

    @property
    def targets(self) -> list[Target]:
        """Return everything the action writes, its own object first."""
        own = Target(object=self.object, operations=self.operations, fields=self.fields)
        return [own, *self.also_writes]

    @property
    def always_asks_somebody(self) -> bool:
        """Say whether some stage applies whatever the change is."""
        return any(stage.when is None for stage in self.stages)


class Sla(Part):
    """The clocks: until when people decide, the agent answers, an approval may be written."""

    decide_within: AnyDuration = Duration(1, "day", business=True)
    execute_within: AnyDuration = Duration(24, "hour")
    # How long a question to the agent may wait for its answer; the time to decide stands still.
    answer_within: AnyDuration = Duration(24, "hour")
    # A calendar by name; without one, working hours are Monday to Friday, 9:00 to 17:00 UTC.
    calendar: str = ""
    # For how long whoever approved may take that back; without it, as long as this site says.
    undo_seconds: int | None = Field(default=None, ge=0, le=60)


class WorkflowDefinition(Part):
    """One version of a workflow, complete."""

    workflow: Slug
    title: Line
    org: Slug
    owner: Username
    description: Words = ""
    states: dict[ReasonCode, State] = {}
    triggers: list[Trigger] = []
    actions: dict[ActionName, ActionDefinition] = Field(min_length=1)
    fields: dict[FieldPath, FieldOwnership] = {}
    limits: list[Limit] = []
    anomalies: list[Anomaly] = []
    windows: list[Window] = []
    sla: Sla = Sla()
    escalation: Escalation = []
    canary: Canary | None = None
    promotion: Promotion | None = None

    def conditions(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield every condition with its place in the file."""
        for name, action in self.actions.items():
            for number, stage in enumerate(action.stages):
                if stage.when is not None:
                    yield ("actions", name, "stages", number, "when"), stage.when
            for number, rule in enumerate(action.conditions):
                yield ("actions", name, "conditions", number, "when"), rule.when
        for name, state in self.states.items():
            for number, way_out in enumerate(state.exits):
                yield ("states", name, "exits", number, "when"), way_out.when
