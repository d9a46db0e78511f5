"""YAML as plain values with the line of every part: no tags, no aliases, no key twice. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

MAX_CHARACTERS = 200_000
MAX_DEPTH = 24
MAX_WHOLE_DIGITS = 15
Place = tuple[str | int, ...]

# YAML 1.2's core words only: in 1.1 `no`, `on`, `12:30` and dates would become something else.
RESOLVERS = (
    ("tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL|)"), ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)"), list("tTfF")),
    ("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+"), list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"),
        list("-+.0123456789"),
    ),
)


class Problem(NamedTuple):
    """One thing that is wrong: the line in the file, the place in the document, what to do."""

    line: int
    path: str
    message: str

    @property
    def words(self) -> str:
        """Return the problem as one line."""
        return f"line {self.line}: {self.path + ': ' if self.path else ''}{self.message}"


@dataclass(slots=True)
class Reading:
    """What a file says, where each part stands, and what could not be read."""

    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, place: Place) -> int:
        """Return the line of a place, or of the nearest part around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class _Loader(yaml.SafeLoader):
    """Composes nodes; our own rules turn them into values."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in RESOLVERS:
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern.pattern + r"\Z"), _first)


def path_of(place: Place) -> str:
    """Return a place as people read it: actions.change_stage.stages[0].when."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def read(text: str) -> Reading:
    """Return what the text says with the line of every part; problems instead of exceptions."""
    reading = Reading()
    if len(text) > MAX_CHARACTERS:
        message = f"The file has more than {MAX_CHARACTERS:,} characters; split the workflow."
        reading.problems.append(Problem(1, "", message))
        return reading
    try:
        reading.problems += _forbidden(text)
        if not reading.problems:
            node = yaml.compose(text, Loader=_Loader)
            reading.value = _value(node, (), reading) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        reading.problems.append(Problem(line, "", f"Not valid YAML: {error.problem}."))
    except yaml.YAMLError as error:
        reading.problems.append(Problem(1, "", f"Not valid YAML: {str(error).splitlines()[0]}."))
    return reading


def _forbidden(text: str) -> Iterator[Problem]:
    """Yield what a plain document needs not: anchors, aliases, tags, documents, deep nesting."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = _line(event)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                yield Problem(line, "", "One file holds one workflow; remove the second document.")
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield Problem(line, "", f"Nested deeper than {MAX_DEPTH} levels.")
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        yield from _forbidden_marks(event, line)


def _forbidden_marks(event: yaml.Event, line: int) -> Iterator[Problem]:
    if getattr(event, "anchor", None) is not None:
        yield Problem(line, "", "Anchors and aliases (& and *) are not allowed; write it out.")
    if getattr(event, "tag", None) is not None:
        yield Problem(line, "", "Tags (!) are not allowed; write the plain value.")


def _value(node: yaml.Node, place: Place, reading: Reading) -> Any:
    reading.lines.setdefault(place, _line(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, reading)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*place, number), reading) for number, child in enumerate(node.value)]
    return _scalar(node, place, reading)


def _line(part: yaml.Event | yaml.Node) -> int:
    return part.start_mark.line + 1 if part.start_mark else 1


def _mapping(node: yaml.MappingNode, place: Place, reading: Reading) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = _line(key_node)
        if not isinstance(key_node, yaml.ScalarNode):
            reading.problems.append(Problem(line, path_of(place), "A key must be a plain word."))
            continue
        key = key_node.value
        if key in values:
            first = reading.lines[(*place, key)]
            message = f"The key {key!r} stands twice; it is in line {first} already."
            reading.problems.append(Problem(line, path_of((*place, key)), message))
            continue
        reading.lines[(*place, key)] = line
        values[key] = _value(value_node, (*place, key), reading)
    return values


def _scalar(node: yaml.Node, place: Place, reading: Reading) -> Any:
    text = str(node.value)
    match node.tag.rsplit(":", 1)[-1]:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int" if len(text.lstrip("+-")) <= MAX_WHOLE_DIGITS:
            return int(text)
        case "int":
            message = f"A number has at most {MAX_WHOLE_DIGITS} digits; quote it if it is text."
            reading.problems.append(Problem(reading.line_of(place), path_of(place), message))
            return text[:MAX_WHOLE_DIGITS]
        case "float":
            return float(text)
        case _:
            return text
