"""`/composite/tree/<Object>`: new records with the records below them, all of them or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.simulator import rows, saving
from orchestrator.simulator.calls import Answer, Call, Context
from orchestrator.simulator.errors import ApiError, Refusal, bad_json
from orchestrator.simulator.fields import Field, ObjectType

MOST_ROWS, MOST_TYPES, DEEPEST = 200, 5, 5


@dataclass(frozen=True, slots=True)
class Branch:
    """One record of a tree: what it is, what it says, and what hangs on it, by which field."""

    reference: str
    kind: ObjectType
    values: Mapping[str, Any]
    below: Sequence[tuple[Field, "Branch"]]

    def all(self, level: int = 1) -> Iterator[tuple[int, "Branch"]]:
        """Yield the record and everything below it, each with its level."""
        yield level, self
        for _, branch in self.below:
            yield from branch.all(level + 1)


def insert(call: Call, kind: ObjectType) -> Answer:
    """
    Insert trees of records; one that is refused takes all of them back.

    :raises Refusal: if the body as a whole cannot be read
    """
    store = call.context.org.store
    start = store.mark()
    entries = _entries(call.body)
    try:
        trees = [_branch(call.context, entry, of=kind) for entry in entries]
        _check(trees)
    except BadTree as error:
        return Answer(400, _failures([(error.reference, [error.error])]))
    failures: list[tuple[str, Sequence[ApiError]]] = []
    made: list[tuple[str, str]] = []
    for tree in trees:
        _grow(call.context, tree, {}, made, failures)
    if failures:
        store.roll_back(start)
        return Answer(400, _failures(failures))
    results = [{"referenceId": reference, "id": record_id} for reference, record_id in made]
    return Answer(201, {"hasErrors": False, "results": results})


class BadTree(Exception):
    """A tree that is not tried at all: which record is to blame, and why."""

    def __init__(self, reference: str, message: str, code: str = "INVALID_INPUT") -> None:
        """Keep the reference and the error."""
        super().__init__(message)
        self.reference = reference
        self.error = ApiError(code, message, ())


def _grow(
    context: Context,
    branch: Branch,
    preset: Mapping[str, Any],
    made: list[tuple[str, str]],
    failures: list[tuple[str, Sequence[ApiError]]],
) -> None:
    """Insert a record, then those below it; below one that failed nothing is tried."""
    try:
        record_id = saving.create(context, branch.kind, {**branch.values, **preset})
    except Refusal as error:
        failures.append((branch.reference, error.errors))
        return
    made.append((branch.reference, record_id))
    for field, below in branch.below:
        _grow(context, below, {field.name: record_id}, made, failures)


def _branch(context: Context, entry: Any, *, of: ObjectType) -> Branch:
    if not isinstance(entry, Mapping):
        raise bad_json("Each record must be an object.")
    reference = _reference(entry)
    children = {
        field.children.lower(): (child.name, field)
        for child, field in context.org.schema.children(of)
        if field.children
    }
    values: dict[str, Any] = {}
    below: list[tuple[Field, Branch]] = []
    for name, value in entry.items():
        if name == "attributes":
            continue
        if name.lower() not in children or not isinstance(value, Mapping):
            values[name] = value
            continue
        child, field = children[name.lower()]
        kind = rows.object_type(context, child)
        below += [(field, _branch(context, one, of=kind)) for one in _entries(value)]
    _check_type(entry, of, reference)
    return Branch(reference, of, values, below)


def _reference(entry: Mapping[str, Any]) -> str:
    attributes = entry.get("attributes")
    given = attributes.get("referenceId") if isinstance(attributes, Mapping) else None
    if not isinstance(given, str) or not given:
        raise BadTree("", "Include a reference ID for each record in the request.")
    return given


def _check_type(entry: Mapping[str, Any], kind: ObjectType, reference: str) -> None:
    given = entry["attributes"].get("type")
    if not isinstance(given, str) or given.lower() != kind.name.lower():
        raise BadTree(reference, f"A record of {kind.name} says that its type is {given}.")


def _check(trees: Sequence[Branch]) -> None:
    found = [pair for tree in trees for pair in tree.all()]
    names = [branch.reference for _, branch in found]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadTree(twice, "Duplicate ReferenceId provided in the request.")
    if len(found) > MOST_ROWS:
        raise BadTree("", f"At most {MOST_ROWS} records are allowed.", "LIMIT_EXCEEDED")
    if len({branch.kind.name for _, branch in found}) > MOST_TYPES:
        raise BadTree("", f"At most {MOST_TYPES} types of records are allowed.", "LIMIT_EXCEEDED")
    if max((level for level, _ in found), default=0) > DEEPEST:
        raise BadTree("", f"Trees are at most {DEEPEST} levels deep.", "LIMIT_EXCEEDED")


def _failures(failures: Sequence[tuple[str, Sequence[ApiError]]]) -> dict[str, Any]:
    return {
        "hasErrors": True,
        "results": [
            {"referenceId": reference, "errors": [one.as_collection_row() for one in errors]}
            for reference, errors in failures
        ],
    }


def _entries(body: Any) -> list[Any]:
    entries = body.get("records") if isinstance(body, Mapping) else None
    if not isinstance(entries, list) or not entries:
        raise bad_json("The body must be an object with a list of records.")
    return entries
