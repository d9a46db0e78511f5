"""From a workflow file to its definition: every problem at once, each with its line."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from orchestrator.kernel.errors import DomainError
from orchestrator.workflows import clock_problems, consistency, plan_problems
from orchestrator.workflows.consistency import CheckCondition
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.parts import Part
from orchestrator.workflows.positions import Place, Problem, Reading, path_of, read

WORDS = {
    "missing": "This key is missing; every workflow needs it here.",
    "string_type": "This must be text; put it in quotes if it looks like a number.",
    "int_type": "This must be a whole number.",
    "float_type": "This must be a number.",
    "bool_type": "This must be true or false.",
    "list_type": "This must be a list.",
    "dict_type": "This must be a mapping of names to values.",
    "model_type": "This must be a mapping of names to values.",
}


class BadWorkflowFile(DomainError):
    """The file is not a workflow; every problem is listed with its line."""

    code, status, title = "bad_workflow_file", 422, "The workflow file has problems"

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order of the file."""
        self.problems = sorted(set(problems))
        super().__init__(
            "\n".join(problem.words for problem in self.problems),
            extra={"problems": [problem._asdict() for problem in self.problems]},
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A definition that was read, and where its parts stand in the file."""

    definition: WorkflowDefinition
    reading: Reading

    def problem(self, place: Place, message: str) -> Problem:
        """Return a problem at a place of the file."""
        return Problem(self.reading.line_of(place), path_of(place), message)


def load(text: str, check_condition: CheckCondition) -> WorkflowDefinition:
    """
    Return the definition in the text.

    :raises BadWorkflowFile: with every problem and its line
    """
    return load_document(text, check_condition).definition


def load_document(text: str, check_condition: CheckCondition) -> Document:
    """
    Return the definition in the text together with the lines of its parts.

    :raises BadWorkflowFile: with every problem and its line
    """
    reading = read(text)
    if reading.value is None:
        raise BadWorkflowFile(reading.problems or [Problem(1, "", "The file is empty.")])
    try:
        definition = WorkflowDefinition.model_validate(reading.value)
    except ValidationError as error:
        found = list(_problems(error.errors(include_url=False), reading))
        raise BadWorkflowFile([*reading.problems, *found]) from error
    document = Document(definition, reading)
    findings = [
        *consistency.bad_conditions(definition, check_condition),
        *consistency.unknown_names(definition),
        *consistency.unknown_reasons(definition),
        *consistency.pointless_edits(definition),
        *plan_problems.bad_plans(definition),
        *clock_problems.bad_clocks(definition),
    ]
    problems = [*reading.problems, *(document.problem(*finding) for finding in findings)]
    if problems:
        raise BadWorkflowFile(problems)
    return document


def _problems(errors: Iterable[ErrorDetails], reading: Reading) -> Iterator[Problem]:
    """Yield one problem a place: what may be one of two kinds fails once for each kind."""
    messages: dict[Place, list[str]] = {}
    for details in errors:
        if details["type"] == "bool_type" and isinstance(details["input"], dict):
            # The value was meant as the other kind, whose own problems say more.
            continue
        place = _place(details["loc"], reading.value)
        if details["type"] == "missing":
            place = (*place, str(details["loc"][-1]))
        messages.setdefault(place, []).append(_message(details))
    for place, texts in messages.items():
        yield Problem(reading.line_of(place), path_of(place), " Or: ".join(dict.fromkeys(texts)))


def _place(location: Iterable[str | int], value: Any) -> Place:
    """Return the part of pydantic's location that is in the file: it adds names of kinds."""
    place: Place = ()
    for part in location:
        inside = (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        )
        if inside:
            place, value = (*place, part), value[part]
    return place


def _message(details: ErrorDetails) -> str:
    kind = details["type"]
    if kind == "extra_forbidden":
        name = str(details["loc"][-1])
        near = difflib.get_close_matches(name, _known_keys(), n=1)
        return f"Unknown key {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")
    if kind == "value_error":
        return details["msg"].removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        given, pattern = str(details["input"])[:60], details["ctx"]["pattern"]
        return f"{given!r} does not fit here; it must match {pattern}."
    return WORDS.get(kind, details["msg"] + ".")


def _known_keys() -> list[str]:
    def parts(kind: type[Part]) -> Iterator[type[Part]]:
        yield kind
        for narrower in kind.__subclasses__():
            yield from parts(narrower)

    return sorted({name for part in parts(Part) for name in part.model_fields})
