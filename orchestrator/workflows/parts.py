"""What every part of a definition is made of: names, durations, and no unknown keys. Pure."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
)

from orchestrator.workflows import durations
from orchestrator.workflows.durations import Duration


class Part(BaseModel):
    """A part of a definition: unknown keys are refused, nothing is guessed, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _duration(value: Any) -> Duration:
    if isinstance(value, Duration):
        return value
    if not isinstance(value, str):
        raise ValueError("Write a duration such as '4 business hours' or '24 hours'.")  # noqa: TRY004 - pydantic expects a ValueError
    return durations.parse_duration(value)


def _clock_duration(value: Any) -> Duration:
    parsed = _duration(value)
    durations.span(parsed)
    return parsed


AnyDuration = Annotated[Duration, PlainValidator(_duration), PlainSerializer(str)]
# A window slides by the clock; working hours have no fixed length.
ClockDuration = Annotated[Duration, PlainValidator(_clock_duration), PlainSerializer(str)]

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
ActionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
CrmName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]
FieldPath = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}\.[A-Za-z][A-Za-z0-9_]{0,79}$")
]
Username = Annotated[str, StringConstraints(min_length=1, max_length=150)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Words = Annotated[str, StringConstraints(max_length=2000)]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
