"""What a person makes of a proposal while deciding: a part of it, or edits within it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from approvals.content import DraftChange, change_of
from approvals.problems import InvalidProposal, Problem
from approvals.states import Operation
from orchestrator.kernel.sameness import same_value


@dataclass(frozen=True, slots=True)
class Kept:
    """One change that stays, by its position in the proposal, with the values it is to write."""

    position: int
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One value that a person put in the place of the proposed one."""

    # Of the change in what was proposed.
    position: int
    object_name: str
    record_id: str
    field: str
    proposed: Any
    approved: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What a person took out: fields of one change, or the whole change."""

    position: int
    operation: str
    object_name: str
    record_id: str
    external_id: str
    fields: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """The changes that are left, which positions they come from, and what differs."""

    changes: Sequence[DraftChange]
    # For each change that is left, where it stood before.
    origins: Sequence[int]
    edits: Sequence[Edit]
    left_out: Sequence[LeftOut]

    def names_left_out(self) -> list[str]:
        """Return what was left out as people name it, in the order of the proposal."""
        return [name for each in self.left_out for name in _names(each)]

    def names_edited(self) -> list[str]:
        """Return the fields whose values were edited, as Object.Field."""
        return list(dict.fromkeys(f"{each.object_name}.{each.field}" for each in self.edits))


def altered(content: Mapping[str, Any], kept: Sequence[Kept]) -> Alteration:
    """
    Return what is left of a content; nothing can come to it, and something must differ.

    :raises InvalidProposal: if it would be wider than what was proposed, if nothing is left or
        nothing differs, or if what is left refers to what was left out
    """
    proposed = content["changes"]
    wanted = _by_position(proposed, kept)
    changes: list[DraftChange] = []
    edits: list[Edit] = []
    left_out: list[LeftOut] = []
    for position, change in enumerate(proposed):
        values = wanted.get(position)
        if values is None:
            left_out.append(_left_out(position, change, list(change["fields"]), whole=True))
            continue
        missing = [name for name in change["fields"] if name not in values]
        if missing:
            left_out.append(_left_out(position, change, missing, whole=False))
        edits += _edits(position, change, values)
        changes.append(_narrowed(change, values))
    if not edits and not left_out:
        text = "Nothing was left out or edited. Approve it as it is."
        raise InvalidProposal([Problem("nothing_altered", "/changes", text)])
    _check_references(proposed, sorted(wanted), changes)
    return Alteration(changes=changes, origins=sorted(wanted), edits=edits, left_out=left_out)


def _by_position(
    proposed: Sequence[Mapping[str, Any]], kept: Sequence[Kept]
) -> dict[int, Mapping[str, Any]]:
    wanted = {each.position: each.fields for each in kept}
    if not wanted:
        text = "Nothing would be left. Deny the proposal instead, so that its agent learns why."
        raise InvalidProposal([Problem("nothing_left", "/changes", text)])
    beyond = [place for place in wanted if not 0 <= place < len(proposed)]
    if beyond or len(wanted) != len(kept):
        raise InvalidProposal([_wider("/changes")])
    for position, fields in wanted.items():
        change = proposed[position]
        for name in fields:
            if name not in change["fields"]:
                raise InvalidProposal([_wider(f"/changes/{position}/fields/{name}")])
        if not fields and change["op"] != Operation.DELETE:
            text = "No field of this record would be left: leave the record out."
            raise InvalidProposal([Problem("no_fields", f"/changes/{position}/fields", text)])
    return wanted


def _wider(path: str) -> Problem:
    text = "Whoever decides cannot add to what was proposed. Ask the agent for another proposal."
    return Problem("beyond_the_proposal", path, text)


def _edits(position: int, change: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Edit]:
    for name, proposed in change["fields"].items():
        if name in values and not same_value(values[name], proposed):
            yield Edit(
                position=position,
                object_name=change["object"],
                record_id=change["id"],
                field=name,
                proposed=proposed,
                approved=values[name],
            )


def _narrowed(change: Mapping[str, Any], values: Mapping[str, Any]) -> DraftChange:
    """Return the change with these values, in the order of the proposal, untouched ones exact."""
    fields = {
        name: proposed if same_value(values[name], proposed) else values[name]
        for name, proposed in change["fields"].items()
        if name in values
    }
    # What the agent believed of a field that is not written any more does not matter.
    kept = {
        name: value
        for name, value in change["expect"].items()
        if name in fields or name not in change["fields"]
    }
    return replace(change_of(change), fields=fields, expect=kept)


def _left_out(
    position: int, change: Mapping[str, Any], fields: Sequence[str], *, whole: bool
) -> LeftOut:
    return LeftOut(
        position=position,
        operation=change["op"],
        object_name=change["object"],
        record_id=change["id"],
        external_id=change["external_id"],
        fields=tuple(fields),
        whole=whole,
    )


def _check_references(
    proposed: Sequence[Mapping[str, Any]], kept: Sequence[int], changes: Sequence[DraftChange]
) -> None:
    """Refuse what would refer to a record that is not made any more."""
    gone = {
        change["external_id"]: change
        for position, change in enumerate(proposed)
        if position not in kept and change["op"] == Operation.CREATE and change["external_id"]
    }
    problems = [
        Problem(
            "refers_to_left_out",
            f"/changes/{position}/fields/{name}",
            f"{name} refers to the new {gone[value]['object']} {value}, which you left out: "
            "keep that one, or leave this out as well.",
        )
        for position, change in zip(kept, changes, strict=True)
        for name, value in change.fields.items()
        if isinstance(value, str) and value in gone
    ]
    if problems:
        raise InvalidProposal(problems)


def _names(left_out: LeftOut) -> list[str]:
    if not left_out.whole:
        return [f"{left_out.object_name}.{name}" for name in left_out.fields]
    which = left_out.record_id or left_out.external_id
    return [f"{left_out.operation} {left_out.object_name} {which}".strip()]
