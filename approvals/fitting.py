"""Do the values that a person put in the place of proposed ones fit their fields? Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from approvals.alteration import Kept
from approvals.problems import InvalidProposal, Problem
from approvals.validation import RecordIds
from approvals.value_checks import faults_of, full_reference
from orchestrator.connectors.base import FieldDescription, ObjectDescription
from orchestrator.connectors.errors import BadRecordId
from orchestrator.kernel.sameness import same_value

Described = Mapping[str, ObjectDescription]
Typed = tuple[str, Any, FieldDescription]


def fitting(
    content: Mapping[str, Any], kept: Sequence[Kept], described: Described, ids: RecordIds
) -> list[Kept]:
    """
    Return what stays, with the ids of other records in full; what nobody edited is not judged.

    :raises InvalidProposal: with every value that its field cannot hold
    """
    problems: list[Problem] = []
    found = []
    for each in kept:
        values = dict(each.fields)
        for name, value, field in _typed(content["changes"], each, described):
            try:
                values[name] = _fitted(value, field, ids)
            except _DoesNotFit as faults:
                place = f"/changes/{each.position}/fields/{name}"
                problems += [Problem("value_does_not_fit", place, text) for text in faults.args]
        found.append(replace(each, fields=values))
    if problems:
        raise InvalidProposal(problems)
    return found


class _DoesNotFit(Exception):
    """A value that its field cannot hold; says why."""


def _typed(
    proposed: Sequence[Mapping[str, Any]], kept: Kept, described: Described
) -> Iterator[Typed]:
    """Yield the values that differ from the proposed ones, with how the org describes them."""
    if not 0 <= kept.position < len(proposed):
        return
    change = proposed[kept.position]
    for name, value in kept.fields.items():
        field = described[change["object"]].fields.get(name)
        untouched = name not in change["fields"] or same_value(value, change["fields"][name])
        if field is not None and not untouched:
            yield name, value, field


def _fitted(value: Any, field: FieldDescription, ids: RecordIds) -> Any:
    if faults := faults_of(value, field):
        raise _DoesNotFit(*faults)
    if field.type != "reference" or not value:
        return value
    try:
        return full_reference(value, field, ids)
    except BadRecordId as refused:
        raise _DoesNotFit(refused.detail) from refused
