"""What differs between two versions: part by part, and line by line. Pure."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.positions import Place

KINDS = {"+": "added", "-": "removed", " ": "kept"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that differs; empty text where it is not there."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the two files side by side."""

    kind: str
    text: str


def differences(old: WorkflowDefinition, new: WorkflowDefinition) -> list[Difference]:
    """Return every part that differs, in the order of the newer version."""
    before, after = _parts(old), _parts(new)
    places = [*after, *(place for place in before if place not in after)]
    return [
        Difference(_path(place), before.get(place, ""), after.get(place, ""))
        for place in places
        if before.get(place) != after.get(place)
    ]


def source_lines(old: str, new: str) -> list[SourceLine]:
    """Return the lines of both files, each added, removed or kept."""
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return [SourceLine(KINDS[line[0]], line[2:]) for line in lines if line[0] in KINDS]


def _path(place: Place) -> str:
    """Return the way to a part; places of a list are counted from one, as people do."""
    words = [str(part + 1) if isinstance(part, int) else part for part in place]
    return " / ".join(words)


def _parts(definition: WorkflowDefinition) -> dict[Place, str]:
    content = definition.model_dump(mode="json", exclude_defaults=True)
    return dict(_flat(content, ()))


def _flat(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, (*place, name))
    elif _holds_parts(value):
        for number, inner in enumerate(value):
            yield from _flat(inner, (*place, number))
    else:
        yield place, _words(value)


def _holds_parts(value: Any) -> bool:
    """Say whether a list has parts of its own; a list of plain values is one value."""
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return is_list and any(isinstance(inner, Mapping) for inner in value)


def _words(value: Any) -> str:
    if isinstance(value, Mapping) and not value:
        return "no bounds"
    if isinstance(value, list):
        return ", ".join(_words(inner) for inner in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.10g}"
    return "empty" if value is None else str(value)
