"""
The rows of an org: read from memory, changed in transactions, journalled before the answer.

The server handles one request at a time between two awaits, so a transaction needs no locks: it is
the list of what to put back if it fails. Rows are replaced, never edited, so a list of old rows is
enough.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.simulator import ids
from orchestrator.simulator.fields import Field, ObjectType
from orchestrator.simulator.journal import Journal
from orchestrator.simulator.schema import Schema
from orchestrator.simulator.soql.source import ObjectInfo

Row = dict[str, Any]
Mark = tuple[int, int]


class Store:
    """All rows, their external ids, and the open transaction."""

    def __init__(self, schema: Schema, journal: Journal) -> None:
        """Load what the journal holds."""
        self.schema = schema
        self.journal = journal
        self._tables: dict[str, dict[str, Row]] = {}
        self._keys: dict[tuple[str, str], dict[str, set[str]]] = {}
        self._keyed = {
            kind.name: [field for field in kind.fields.values() if is_key(field)]
            for kind in schema.types
        }
        self._undo: list[tuple[str, str, Row | None]] = []
        self._effects: list[dict[str, Any]] = []
        self._counters: dict[str, int] = {}
        self._sequence = 0
        # Answers by idempotency key, and those that the open transaction adds.
        self.replays: dict[str, Any] = {}
        self._replays: dict[str, Any] = {}
        self.load()

    def load(self) -> None:
        """Read everything from the journal."""
        self._empty()
        self._counters = defaultdict(int, self.journal.settings().get("counters", {}))
        self._sequence = self.journal.last_sequence()
        self.replays = self.journal.replays()
        for name, record_id, values in self.journal.records():
            if name in self._tables:
                self._place(name, record_id, {**self.schema.blank[name], **values})

    def clear(self) -> None:
        """Remove every row and effect, and count ids from the start."""
        self.journal.clear()
        self._empty()
        self._undo, self._effects = [], []
        self.replays, self._replays = {}, {}
        self._counters, self._sequence = defaultdict(int), 0

    # Reading

    def object_named(self, name: str) -> ObjectInfo | None:
        """Return the object of that name as the query engine sees it, or None."""
        return self.schema.info(name)

    def rows(self, object_name: str) -> Iterable[Mapping[str, Any]]:
        """Return every row of an object, deleted ones too."""
        return self._tables[object_name].values()

    def row(self, object_name: str, record_id: str) -> Row | None:
        """Return a row, deleted or not, or None."""
        return self._tables[object_name].get(record_id)

    def find(self, record_id: str) -> tuple[ObjectType, Row] | None:
        """Return a row and its type by id alone, or None."""
        kind = self.schema.of_id(record_id)
        row = self._tables[kind.name].get(record_id) if kind is not None else None
        return None if kind is None or row is None else (kind, row)

    def with_key(self, kind: ObjectType, field: Field, value: Any) -> list[str]:
        """Return the ids of the undeleted rows with an external id, oldest first."""
        return sorted(self._keys[kind.name, field.name].get(str(value).lower(), ()))

    # Changing

    def next_number(self, counter: str) -> int:
        """Return the next number of a counter; one that is rolled back is not given out again."""
        self._counters[counter] += 1
        return self._counters[counter]

    def new_id(self, kind: ObjectType) -> str:
        """Return an id that no record has had."""
        return ids.record_id(kind.prefix, self.next_number(kind.name))

    def put(self, object_name: str, record_id: str, row: Row) -> None:
        """Replace a row, or add it, as part of the open transaction."""
        self._undo.append((object_name, record_id, self._tables[object_name].get(record_id)))
        self._place(object_name, record_id, row)

    def note(self, effect: dict[str, Any]) -> None:
        """Log an effect if and when the transaction commits."""
        self._effects.append(effect)

    def keep_answer(self, key: str, answer: dict[str, Any]) -> None:
        """Keep an answer for its idempotency key if and when the transaction commits."""
        self._replays[key] = answer

    def mark(self) -> Mark:
        """Return a point to roll back to."""
        return len(self._undo), len(self._effects)

    def roll_back(self, mark: Mark = (0, 0)) -> None:
        """Undo everything since a mark."""
        rows, effects = mark
        while len(self._undo) > rows:
            name, record_id, row = self._undo.pop()
            self._place(name, record_id, row)
        del self._effects[effects:]
        if mark == (0, 0):
            self._replays = {}

    def commit(self, *, real_at: str, settings: dict[str, Any] | None = None) -> int:
        """Make the open transaction durable; return how many effects it logged."""
        if not (self._undo or self._effects or self._replays or settings):
            return 0
        touched = dict.fromkeys((name, record_id) for name, record_id, _ in self._undo)
        rows = [(name, one, _sparse(self._tables[name][one])) for name, one in touched]
        numbered = [
            (self._sequence + place, {**effect, "real_at": real_at})
            for place, effect in enumerate(self._effects, start=1)
        ]
        saved = {**(settings or {}), "counters": dict(self._counters)}
        self.journal.save(records=rows, effects=numbered, settings=saved, replays=self._replays)
        self.replays.update(self._replays)
        self._sequence += len(numbered)
        self._undo, self._effects, self._replays = [], [], {}
        return len(numbered)

    def purge(self, object_name: str, record_id: str) -> None:
        """Remove a row for good, at once."""
        self._place(object_name, record_id, None)
        self.journal.forget([record_id])

    def _empty(self) -> None:
        self._tables = {kind.name: {} for kind in self.schema.types}
        self._keys = {
            (name, field.name): {} for name, fields in self._keyed.items() for field in fields
        }

    def _place(self, name: str, record_id: str, row: Row | None) -> None:
        table = self._tables[name]
        keyed = self._keyed[name]
        if keyed:
            self._index(name, record_id, table.get(record_id), row)
        if row is None:
            table.pop(record_id, None)
        else:
            table[record_id] = row

    def _index(self, name: str, record_id: str, old: Row | None, new: Row | None) -> None:
        for field in self._keyed[name]:
            before, after = _key_of(old, field), _key_of(new, field)
            if before == after:
                continue
            index = self._keys[name, field.name]
            if before is not None:
                index[before].discard(record_id)
            if after is not None:
                index.setdefault(after, set()).add(record_id)


def is_key(field: Field) -> bool:
    """Say whether records are looked up by this field."""
    return field.external_id or field.unique


def _key_of(row: Row | None, field: Field) -> str | None:
    if row is None or row["IsDeleted"] or row[field.name] is None:
        return None
    return str(row[field.name]).lower()


def _sparse(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}
