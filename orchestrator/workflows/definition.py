"""What a workflow file may say. Pure: no database, no clock, unknown keys refused."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from orchestrator.workflows import durations

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
ApiName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Text = Annotated[str, StringConstraints(max_length=2000)]
Operation = Literal["update", "create", "delete"]
Policy = Literal["automatic", "human_in_loop", "human_only"]
EvidenceKind = Literal["url", "salesforce", "quote", "file"]
DurationText = Annotated[str, StringConstraints(max_length=40)]


class Part(BaseModel):
    """A part of a definition: frozen, and strict about its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FieldRule(Part):
    """The bounds of one field in one action."""

    allowed: tuple[str | int | float | bool | None, ...] | None = None
    max_change_pct: Annotated[float, Field(gt=0)] | None = None
    max_shift_days: Annotated[int, Field(gt=0)] | None = None
    min: float | None = None
    max: float | None = None
    max_length: Annotated[int, Field(gt=0)] | None = None


class Target(Part):
    """One object that an action writes, with its operations and fields."""

    object: ApiName
    operations: Annotated[tuple[Operation, ...], Field(min_length=1)] = ("update",)
    fields: dict[ApiName, FieldRule] = {}


class Reversibility(Part):
    """How the action is taken back, and what else has to happen then."""

    how: Name
    also: tuple[Name, ...] = ()


class EvidenceNeed(Part):
    """How much evidence, of which kinds."""

    at_least: Annotated[int, Field(ge=1, le=20)] = 1
    kinds: Annotated[tuple[EvidenceKind, ...], Field(min_length=1)] = (
        "url",
        "salesforce",
        "quote",
        "file",
    )


class StageDefinition(Part):
    """One stage: a role, how many of it, and when."""

    role: Slug
    quorum: Annotated[int, Field(ge=1, le=20)] | Literal["all"] = 1
    when: Condition | None = None


class ConfidenceRule(Part):
    """Below which confidence people decide, and the tag that says so."""

    below: Annotated[float, Field(gt=0, le=1)]
    then: Literal["human_in_loop", "human_only"] = "human_in_loop"
    tag: str = ""


class ConditionRule(Part):
    """What a condition adds to the action's policy."""

    when: Condition
    then: Literal["human_in_loop", "human_only", "refuse"]
    because: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class ActionDefinition(Part):
    """A named kind of change with its policy."""

    object: ApiName
    operations: Annotated[tuple[Operation, ...], Field(min_length=1)] = ("update",)
    fields: dict[ApiName, FieldRule] = {}
    also_writes: tuple[Target, ...] = ()
    policy: Policy
    reversible: Reversibility | bool = True
    reasons: tuple[Name, ...] = ()
    evidence: EvidenceNeed | None = None
    stages: tuple[StageDefinition, ...] = ()
    confidence: ConfidenceRule | None = None
    conditions: tuple[ConditionRule, ...] = ()

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return everything that the action writes, its own object first."""
        own = Target(object=self.object, operations=self.operations, fields=self.fields)
        return (own, *self.also_writes)


class FieldOwnership(Part):
    """Which system owns a field, who may write it, and how fresh it must be."""

    system_of_record: Slug
    writers: tuple[str, ...] = ()
    on_conflict: Literal["ask", "keep", "overwrite_ours"] = "ask"
    fresh_for: DurationText | None = None


class Exit(Part):
    """A way out of a work item's state."""

    to: Name
    when: Condition


class StateDefinition(Part):
    """One state of a work item."""

    owner_role: Slug
    sla: DurationText | None = None
    exits: tuple[Exit, ...] = ()
    fallback: Slug | None = None


class Trigger(Part):
    """What starts work items: a query every so often."""

    every: DurationText
    query: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    start: Name


class Limit(Part):
    """How much may be written in a window: a number of writes, or a sum of values."""

    per: Literal["agent", "workflow"]
    window: DurationText
    writes: Annotated[int, Field(gt=0)] | None = None
    value: Condition | None = None
    at_most: float | None = None

    @property
    def words(self) -> str:
        """Return the limit as people say it."""
        what = (
            f"{self.writes} writes"
            if self.writes is not None
            else f"{self.value} ≤ {self.at_most:g}"
        )
        return f"{what} per {self.per} in {self.window}"


class Anomaly(Part):
    """What unusual volume of an action does."""

    watch: Name
    window: DurationText
    above: str
    then: tuple[Literal["pause", "page"], ...] = ("pause",)


class Window(Part):
    """When actions may not be written."""

    deny: str
    actions: tuple[Name, ...] = ()


class Sla(Part):
    """The two clocks of the workflow."""

    decide_within: DurationText = "4 business hours"
    execute_within: DurationText = "24 hours"
    calendar: Slug | None = None

    @field_validator("decide_within", "execute_within")
    @classmethod
    def check_duration(cls, value: str) -> str:
        """Refuse what is no duration."""
        durations.parse_duration(value)
        return value


class EscalationStep(Part):
    """What happens at a share of the SLA."""

    at: Annotated[str, StringConstraints(pattern=r"^\d{1,4}%$")]
    do: Literal["remind", "widen", "page", "notify", "deny"]
    to: str | None = None


class Canary(Part):
    """How a new version is brought in, by share of accounts."""

    by: ApiName
    steps: tuple[Annotated[int, Field(gt=0, le=100)], ...]
    stop_when: dict[Name, str] = {}


class WorkflowDefinition(Part):
    """One version of a workflow."""

    workflow: Slug
    title: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    org: Slug
    owner: Annotated[str, StringConstraints(min_length=1, max_length=150)]
    description: Text = ""
    states: dict[Name, StateDefinition] = {}
    triggers: tuple[Trigger, ...] = ()
    actions: Annotated[dict[Name, ActionDefinition], Field(min_length=1)]
    fields: dict[
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z]\w*\.[A-Za-z]\w*$")], FieldOwnership
    ] = {}
    limits: tuple[Limit, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    windows: tuple[Window, ...] = ()
    sla: Sla = Sla()
    escalation: tuple[EscalationStep, ...] = ()
    canary: Canary | None = None
    promotion: dict[Name, Any] = {}
