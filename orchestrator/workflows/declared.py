"""Parts that a definition may declare and this release does not enforce; pages say so. Pure."""

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from orchestrator.workflows.parts import (
    ActionName,
    AnyDuration,
    ClockDuration,
    Condition,
    Count,
    CrmName,
    Part,
    ReasonCode,
    Slug,
    Words,
)


class Exit(Part):
    """A way out of a state, open when its condition holds."""

    to: ReasonCode
    when: Condition


class State(Part):
    """A stop in the life cycle of a work item."""

    owner_role: Slug
    sla: AnyDuration | None = None
    exits: list[Exit] = []
    fallback: Slug | None = None


class Trigger(Part):
    """What starts work items by itself."""

    every: ClockDuration
    query: Words
    start: ReasonCode


class FieldOwnership(Part):
    """Which system a field's truth is in, which agents may write it, who may see it (enforced)."""

    # Stored and printed as it is written in a file, where it is named `class`.
    model_config = ConfigDict(serialize_by_alias=True)

    system_of_record: Slug | None = None
    writers: list[Slug] = []
    on_conflict: Literal["ask", "keep_ours", "keep_theirs"] = "ask"
    fresh_for: AnyDuration | None = None
    # How closely its values are kept: `class` in a file.
    field_class: Literal["public", "internal", "personal", "sensitive"] = Field(
        default="internal", alias="class"
    )


class Limit(Part):
    """How much may be written in a window: a number of writes, or a sum of values."""

    per: Literal["agent", "workflow"]
    writes: Count | None = None
    value: Condition | None = None
    at_most: float | None = None
    window: ClockDuration

    @model_validator(mode="after")
    def _counts_one_thing(self) -> Self:
        counts_value = self.value is not None and self.at_most is not None
        counts_nothing_else = self.value is None and self.at_most is None
        if (self.writes is None) != counts_value or (not counts_value and not counts_nothing_else):
            raise ValueError("A limit has either 'writes', or 'value' with 'at_most'.")
        return self

    @property
    def words(self) -> str:
        """Return the limit as a person reads it."""
        if self.writes is not None:
            return f"{self.writes} writes in {self.window} per {self.per}"
        return f"{self.value} at most {self.at_most:,.0f} in {self.window} per {self.per}"


class Anomaly(Part):
    """A watched action: what is out of the ordinary, and what follows."""

    watch: ActionName
    window: ClockDuration
    above: Words
    then: list[Literal["pause", "page"]]


class Window(Part):
    """When changes are not written, or only then."""

    deny: Words | None = None
    allow: Words | None = None
    actions: list[ActionName] = []

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.deny is None) == (self.allow is None):
            raise ValueError("A window has either 'deny' or 'allow'.")
        return self


class Canary(Part):
    """How a new version is tried on a share of the records first."""

    by: CrmName
    steps: list[int] = Field(min_length=1)
    stop_when: dict[ReasonCode, str] = {}


class Promotion(Part):
    """What the figures must say before the mode goes up."""

    reversal_rate: str | None = None
    exception_rate: str | None = None
    decided: str | None = None
    incidents: int | None = None
