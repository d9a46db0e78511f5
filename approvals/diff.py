"""What a revision changes, as people read it: typed differences, claims, three-way values. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from approvals.deltas import (
    MANY_CHOICES,
    Choices,
    Delta,
    choices,
    delta,
    difference,
    is_long,
    kind_of,
    quarter_note,
    same,
)
from approvals.legend import NO_LEGEND, Legend
from approvals.states import Operation
from orchestrator.kernel.hidden import is_hidden

# What matters most comes first: amounts, then choices and dates, then words.
KIND_ORDER = ("currency", "percent", "double", "int", "picklist", "date", "datetime", "boolean")


class ChangeRow(Protocol):
    """What a difference is made of: a change with the base that we read."""

    position: int
    operation: str
    object_name: str
    record_id: str
    external_id: str
    fields: Any
    expect: Any
    base: Any
    record_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDiff:
    """One field: what was read or approved, what is there now, what is proposed."""

    name: str
    # What people call it, where that is more than its name.
    label: str = ""
    kind: str = ""
    old: Any = None
    new: Any = None
    # What people saw or approved before it moved; only meaningful in a three-way view.
    then: Any = None
    moved: bool = False
    # Read because the change depends on it; nothing is written to it.
    watched: bool = False
    unchanged: bool = False
    long: bool = False
    delta: Delta | None = None
    # By how much a number changes; what else there is to say of a date.
    difference: str = ""
    note: str = ""
    # Of a field of several choices: which come and which go.
    choices: Choices | None = None
    # The numbers of the evidence that is said to support it.
    exhibits: Sequence[int] = ()
    # Its reader may not see what stands in it.
    hidden: bool = False
    # What the agent believed to be there, when we read something else.
    claimed: bool = False
    claim: Any = None

    @property
    def cleared(self) -> bool:
        """Say whether a value goes and none takes its place."""
        return self.old not in (None, "") and self.new in (None, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDiff:
    """One change: a record with its fields."""

    position: int
    operation: str
    object_name: str
    record_id: str
    external_id: str
    label: str
    fields: Sequence[FieldDiff]
    # False until we have read the record ourselves.
    known: bool
    three_way: bool = False
    gone: bool = False
    # What the first of three values is.
    then_words: str = "When read"

    @property
    def moved(self) -> bool:
        """Say whether anybody changed the record after it was read or approved."""
        return self.gone or any(each.moved for each in self.fields)

    @property
    def long_fields(self) -> list[FieldDiff]:
        """Return the fields whose texts are compared word by word."""
        return [each for each in self.fields if each.long]

    @property
    def short_fields(self) -> list[FieldDiff]:
        """Return the fields that fit into a row."""
        return [each for each in self.fields if not each.long]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known around the changes: types, words, evidence, and the records as they are now."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    legend: Legend = NO_LEGEND
    # By position and field: the numbers of the evidence.
    exhibits: Mapping[tuple[int, str], Sequence[int]] = field(default_factory=dict)
    # By position, where somebody looked: each field that is no longer as it was read, by its value
    # now; None where the record is gone.
    drift: Mapping[int, Mapping[str, Any] | None] = field(default_factory=dict)


def record_diffs(
    changes: Sequence[ChangeRow],
    *,
    conflict: Mapping[str, Any] | None = None,
    kinds: Mapping[str, str] | None = None,
    setting: Setting | None = None,
) -> list[RecordDiff]:
    """Return what each change does to its record; where it moved, with three values a field."""
    around = setting or Setting(kinds=kinds or {})
    found = {each["position"]: each for each in (conflict or {}).get("changes", ())}
    return [_Comparing(change, found.get(change.position), around).record() for change in changes]


class _Comparing:
    """One change beside everything that is known about its record."""

    def __init__(
        self, change: ChangeRow, found: Mapping[str, Any] | None, setting: Setting
    ) -> None:
        self.change, self.found, self.setting = change, found or {}, setting
        self.approved = {each["field"]: each for each in self.found.get("fields", ())}
        self.drift = setting.drift.get(change.position, {})
        base: Mapping[str, Any] | None = change.base
        if base is None and found:
            # The new base is being read: until then, what the comparison found.
            base = (found.get("now") or {}).get("values")
        self.base = base

    def record(self) -> RecordDiff:
        change, moved = self.change, {**self.approved, **(self.drift or {})}
        names = self._names()
        watched = [name for name in moved if name not in names]
        return RecordDiff(
            position=change.position,
            operation=str(change.operation),
            object_name=change.object_name,
            record_id=change.record_id,
            external_id=change.external_id,
            label=change.record_label or self.found.get("label", ""),
            fields=[
                *(self._field(name, watched=False) for name in names),
                *(self._field(name, watched=True) for name in watched),
            ],
            known=self.base is not None or change.operation == Operation.CREATE,
            three_way=bool(moved) and change.operation == Operation.UPDATE,
            gone=bool(self.found.get("gone")) or self.drift is None,
            then_words=self._then_words(),
        )

    def _believed_otherwise(self, name: str) -> bool:
        """Say whether the agent expected something else than what we read for it."""
        expected = self.change.expect
        return name in expected and not same(expected[name], (self.base or {}).get(name))

    def _then_words(self) -> str:
        """Say what the first of three values is: approved once, or merely read."""
        if not self.approved or self.drift:
            return "When read"
        return "Read before" if self.found.get("undecided") else "When approved"

    def _names(self) -> list[str]:
        if self.change.operation == Operation.DELETE:
            return [name for name, value in (self.base or {}).items() if value not in (None, "")]
        own = {name: self._kind(name) for name in self.change.fields}
        return in_order(own, own)

    def _kind(self, name: str) -> str:
        path = f"{self.change.object_name}.{name}"
        return self.setting.legend.kinds.get(path) or self.setting.kinds.get(path, "")

    def _values(self, name: str) -> tuple[Any, Any, bool]:
        """Return what it was, what it is now, and whether we have read it at all."""
        base, approved = self.base, self.approved.get(name)
        known = base is not None and name in base
        old = base[name] if base is not None and known else (approved or {}).get("now")
        if self.drift and name in self.drift:
            return old, self.drift[name], known
        return (approved["then"] if approved else old), old, known

    def _field(self, name: str, *, watched: bool) -> FieldDiff:
        change, legend = self.change, self.setting.legend
        then, old, known = self._values(name)
        new = None if watched else change.fields.get(name)
        # Of what the reader may not see, nothing is said: not even whether it moves.
        hidden = is_hidden(old) or is_hidden(new)
        update = change.operation == Operation.UPDATE and not watched and not hidden
        compared = update and known
        path, kind = f"{change.object_name}.{name}", self._kind(name) or kind_of(old, new)
        several = update and kind == MANY_CHOICES
        return FieldDiff(
            name=name,
            label=legend.label(path),
            kind=legend.kind(path, change.position, kind),
            old=legend.value(path, old),
            new=legend.value(path, new),
            then=legend.value(path, then),
            moved=name in self.approved or name in (self.drift or {}),
            watched=watched,
            unchanged=compared and same(old, new),
            long=update and not several and is_long(old, new),
            delta=delta(old, new, kind) if compared else None,
            difference=difference(old, new, kind) if compared else "",
            note=quarter_note(old, new) if compared else "",
            choices=_by_label(legend, path, choices(old, new)) if several else None,
            exhibits=self.setting.exhibits.get((change.position, name), ()),
            claimed=known and self._believed_otherwise(name),
            claim=legend.value(path, change.expect.get(name)),
            hidden=hidden,
        )


def _by_label(legend: Legend, path: str, found: Choices) -> Choices:
    return Choices(
        added=legend.choices(path, found.added),
        removed=legend.choices(path, found.removed),
        kept=legend.choices(path, found.kept),
    )


def in_order(names: Iterable[str], kinds: Mapping[str, str]) -> list[str]:
    """Return field names by how much their kind matters; JSON in the database keeps no order."""
    places = {kind: place for place, kind in enumerate(KIND_ORDER)}
    last = len(KIND_ORDER)
    return sorted(names, key=lambda name: (places.get(kinds.get(name, ""), last), name))
