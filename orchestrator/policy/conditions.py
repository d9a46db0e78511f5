"""CEL conditions: compiled with a check, judged within a budget, and closed on every error."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from orchestrator.kernel.choices import Choices
from orchestrator.kernel.errors import DomainError

MAX_CHARACTERS = 2000
# Longest text a condition may see; nested loops over long texts are what makes CEL slow.
MAX_TEXT = 2000
# "<input>:1:14: undeclared reference …": line, column (from 1), message.
POSITION = re.compile(r"<input>:(\d+):(\d+): (.*)")
FIELD = re.compile(r"\b(?:record|change\.(?:new|old))\.([A-Za-z][A-Za-z0-9_]*)")


class BadCondition(DomainError):
    """The text is not a condition that can be judged."""

    code, status, title = "bad_condition", 422, "Not a condition"

    def __init__(self, detail: str, *, position: int = 0) -> None:
        """Keep the position (characters from the start) for the file's line numbers."""
        super().__init__(detail, extra={"position": position})
        self.position = position


class Judgement(Choices):
    """What a condition came to. An error is not a no: the caller takes the cautious side."""

    TRUE = "true"
    FALSE = "false"
    ERROR = "error"


def _environment() -> Any:
    values = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    return cel.NewEnv(
        variables={
            # The record as we read it, and the record as it would be before and after the change.
            "record": values,
            "change": cel.Type.Map(cel.Type.STRING, values),
            # The record as it was when its work item entered the state (exits of states).
            "entered": values,
            "agent": cel.Type.STRING,
            "action": cel.Type.STRING,
            "reason": cel.Type.STRING,
            # -1.0 when the agent gave none.
            "confidence": cel.Type.DOUBLE,
        }
    )


ENVIRONMENT = _environment()


@lru_cache(maxsize=2048)
def compile_condition(text: str) -> Any:
    """
    Return the compiled condition.

    :raises BadCondition: if it is too long, does not parse, or is not a yes or no
    """
    if len(text) > MAX_CHARACTERS:
        raise BadCondition(f"A condition has at most {MAX_CHARACTERS} characters.")
    try:
        compiled = ENVIRONMENT.compile(text)
    except RuntimeError as error:  # the library has no error class of its own
        found = POSITION.search(str(error))
        if found is None:
            raise BadCondition("This condition cannot be read.") from error
        raise BadCondition(found[3].strip(), position=int(found[2]) - 1) from error
    if compiled.return_type() not in (cel.Type.BOOL, cel.Type.DYN):
        raise BadCondition("A condition must come to true or false.")
    return compiled


def judge(text: str, variables: Mapping[str, Any]) -> Judgement:
    """Return what the condition comes to; whatever is not clearly true or false is an error."""
    try:
        value = compile_condition(text).eval(data=dict(variables))
    except (BadCondition, RuntimeError):
        return Judgement.ERROR
    # Errors come back as values, and bool() of an error is True: look at the type first.
    if value.type() != cel.Type.BOOL:
        return Judgement.ERROR
    answer = value.value()
    if answer is True:
        return Judgement.TRUE
    return Judgement.FALSE if answer is False else Judgement.ERROR


@lru_cache(maxsize=2048)
def referenced_fields(text: str) -> frozenset[str]:
    """Return the names of the record fields that a condition mentions."""
    return frozenset(FIELD.findall(text))


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as conditions see them: every number a double, every text bounded."""
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    return str(value)[:MAX_TEXT]
