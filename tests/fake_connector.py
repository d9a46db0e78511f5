"""A CRM in memory that keeps the connector's contract, for tests that need no real one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from orchestrator.connectors import registry
from orchestrator.connectors.base import (
    Connector,
    Fault,
    FieldDescription,
    GuardedChange,
    LimitUsage,
    ObjectDescription,
    RecordKey,
    Snapshot,
    UnitResult,
    WriteUnit,
    needs_own_call,
)
from orchestrator.connectors.errors import BadRecordId, ConnectorError, ErrorClass, Rejected

MORNING = dt.datetime(2026, 11, 18, 8, 0, tzinfo=dt.UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
SHORT_ID, FULL_ID = 15, 18
WRITER = "005000000000001AAA"
COLLEAGUE = "005000000000002AAA"


def full_id(text: str) -> str:
    """Return the 18 characters of a 15-character id, as Salesforce computes them."""
    if len(text) == FULL_ID:
        return text
    suffix = ""
    for start in (0, 5, 10):
        chunk = text[start : start + 5]
        suffix += ALPHABET[sum(1 << place for place, c in enumerate(chunk) if c.isupper())]
    return text + suffix


def _field(
    name: str, kind: str = "string", *, updateable: bool = True, length: int = 255
) -> FieldDescription:
    return FieldDescription(
        name=name,
        label=name,
        type=kind,
        nillable=True,
        createable=updateable,
        updateable=updateable,
        length=length if kind == "string" else 0,
    )


def _object(name: str, name_field: str, parent: str | None, *fields: FieldDescription) -> Any:
    known = {field.name: field for field in (_field("Id", "id", updateable=False), *fields)}
    return ObjectDescription(
        name=name, label=name, fields=known, name_field=name_field, parent_field=parent
    )


OBJECTS: dict[str, ObjectDescription] = {
    each.name: each
    for each in (
        _object("Account", "Name", None, _field("Name"), _field("Phone"), _field("Industry")),
        _object(
            "Opportunity",
            "Name",
            "AccountId",
            _field("Name"),
            _field("AccountId", "reference"),
            _field("StageName"),
            _field("Amount", "currency"),
            _field("CloseDate", "date"),
            _field("NextStep"),
            _field("Description", "textarea"),
            _field("IsClosed", "boolean", updateable=False),
        ),
        _object(
            "Lead",
            "Name",
            None,
            _field("Name"),
            _field("Industry"),
            _field("Website"),
            _field("Status"),
            _field("NumberOfEmployees", "int"),
        ),
        _object("Task", "Subject", "WhatId", _field("Subject"), _field("WhatId", "reference")),
    )
}


class FakeCrm:
    """Records in memory, a settable clock, faults on request, and a log of every call."""

    unit_limit = 25
    writer_id = WRITER

    def __init__(self, objects: Mapping[str, ObjectDescription] = OBJECTS) -> None:
        self.objects = dict(objects)
        self.records: dict[RecordKey, dict[str, Any]] = {}
        self.stamps: dict[RecordKey, tuple[dt.datetime, dt.datetime, str]] = {}
        self.by_external_id: dict[tuple[str, str], RecordKey] = {}
        self.at = MORNING
        self.reads: list[dict[RecordKey, list[str]]] = []
        self.writes: list[list[WriteUnit]] = []
        self.effects: list[tuple[str, RecordKey, dict[str, Any]]] = []
        self.fail_reads: ConnectorError | None = None
        self.fail_writes: ConnectorError | None = None
        self.fail_access: ConnectorError | None = None
        self.usage: tuple[int, int] | None = None
        # Whether records carry stamps, and calls of their own a marker.
        self.stamping = self.marking = False
        self.stamp_of: dict[RecordKey, str] = {}
        self.markers: set[str] = set()
        # Records whose writes are refused, each for a reason of its own.
        self.faults: dict[RecordKey, Fault] = {}
        self.probes = 0
        self._count = 0

    # What tests use to set the scene.

    def add(self, object_name: str, record_id: str = "", **values: Any) -> RecordKey:
        """Put a record into the org, last edited by a colleague."""
        key = RecordKey(object_name, full_id(record_id) if record_id else self._next_id())
        self.records[key] = dict(values)
        self.stamps[key] = (self.at, self.at, COLLEAGUE)
        return key

    def edit(self, key: RecordKey, **values: Any) -> None:
        """Change a record as a colleague would, one second later."""
        self.at += dt.timedelta(seconds=1)
        self.records[key].update(values)
        self.stamps[key] = (self.at, self.at, COLLEAGUE)

    def remove(self, key: RecordKey) -> None:
        """Delete a record as a colleague would."""
        del self.records[key], self.stamps[key]

    # The connector's contract.

    @property
    def limit_usage(self) -> LimitUsage | None:
        return LimitUsage(*self.usage) if self.usage else None

    def describe(self, object_name: str) -> ObjectDescription:
        if object_name not in self.objects:
            raise Rejected(f"There is no object {object_name}.", crm_code="NOT_FOUND")
        return self.objects[object_name]

    def read(self, wanted: Mapping[RecordKey, Sequence[str]]) -> dict[RecordKey, Snapshot | None]:
        if self.fail_reads is not None:
            raise self.fail_reads
        self.reads.append({key: list(names) for key, names in wanted.items()})
        return {key: self._snapshot(key, names) for key, names in wanted.items()}

    def find_by_external_id(self, object_name: str, external_id: str) -> Snapshot | None:
        if self.fail_reads is not None:
            raise self.fail_reads
        key = self.by_external_id.get((object_name, external_id))
        return self._snapshot(key, list(self.describe(object_name).fields)) if key else None

    def can_mark(self, unit: WriteUnit) -> bool:
        return self.marking and needs_own_call(unit)

    def find_marker(self, unit_id: str) -> bool | None:
        if self.fail_reads is not None:
            raise self.fail_reads
        return unit_id in self.markers if self.marking else None

    def write(self, units: Sequence[WriteUnit]) -> list[UnitResult]:
        self.writes.append(list(units))
        if self.fail_writes is not None:
            raise self.fail_writes
        return [self._write_unit(unit) for unit in units]

    def record_url(self, key: RecordKey) -> str:
        return f"https://crm.example.com/{key.record_id}"

    def check_access(self) -> LimitUsage | None:
        self.probes += 1
        if self.fail_access is not None:
            raise self.fail_access
        return self.limit_usage

    def check_record_id(self, object_name: str, record_id: str) -> str:
        plain = record_id.isascii() and record_id.isalnum()
        if not plain or len(record_id) not in (SHORT_ID, FULL_ID):
            raise BadRecordId(
                f"{record_id!r} is not a {object_name} id: it has 15 or 18 letters and digits."
            )
        return full_id(record_id)

    # How it does that.

    def _next_id(self) -> str:
        self._count += 1
        return full_id(f"006{self._count:012d}")

    def _snapshot(self, key: RecordKey, names: Sequence[str]) -> Snapshot | None:
        values = self.records.get(key)
        if values is None:
            return None
        description = self.describe(key.object_name)
        unknown = set(names) - description.fields.keys()
        if unknown:
            raise Rejected(
                f"No such field: {', '.join(sorted(unknown))}.", crm_code="INVALID_FIELD"
            )
        parent = values.get(description.parent_field or "")
        modified_at, modstamp, modified_by = self.stamps[key]
        return Snapshot(
            key=key,
            label=str(values.get(description.name_field) or key.record_id),
            values={name: values.get(name) for name in names},
            modified_at=modified_at,
            modstamp=modstamp,
            modified_by=modified_by,
            parent_key=f"Account/{parent}" if parent else f"{key.object_name}/{key.record_id}",
            stamp=self.stamp_of.get(key, "") if self.stamping else None,
        )

    def _write_unit(self, unit: WriteUnit) -> UnitResult:
        for position, change in enumerate(unit.changes):
            fault = self._fault(change, position)
            if fault is not None:
                return UnitResult(unit.unit_id, fault)
        if unit.marked and unit.unit_id in self.markers:
            return UnitResult(unit.unit_id, Fault(ErrorClass.UNKNOWN, "ALREADY_MARKED", "There."))
        done = [self._apply(change) for change in unit.changes]
        if unit.marked:
            self.markers.add(unit.unit_id)
        for (key, _), change in zip(done, unit.changes, strict=True):
            stamped = self.stamping if change.guard is None else change.guard.stamp is not None
            if stamped and change.operation != "delete":
                self.stamp_of[key] = unit.unit_id
        return UnitResult(
            unit.unit_id,
            None,
            record_ids=[key.record_id for key, _ in done],
            created=[created for _, created in done],
        )

    def _fault(self, change: GuardedChange, position: int) -> Fault | None:
        if change.operation == "create":
            return None
        key = RecordKey(change.object_name, change.record_id)
        if key in self.faults:
            return self.faults[key]
        if key not in self.records:
            return Fault(ErrorClass.VALIDATION, "ENTITY_IS_DELETED", "It is gone.", position)
        if change.guard is not None and self.stamps[key][0] > change.guard.modified_at:
            return Fault(ErrorClass.CONFLICT, "PRECONDITION_FAILED", "It has changed.", position)
        return None

    def _apply(self, change: GuardedChange) -> tuple[RecordKey, bool]:
        key, created = RecordKey(change.object_name, change.record_id), False
        if change.operation == "create":
            named = (change.object_name, change.external_id)
            created = named not in self.by_external_id
            key = self.by_external_id.setdefault(
                named, RecordKey(change.object_name, self._next_id())
            )
        if change.operation == "delete":
            self.remove(key)
        else:
            self.records.setdefault(key, {}).update(change.fields)
            self.stamps[key] = (self.at, self.at, self.writer_id)
        self.effects.append((change.operation, key, dict(change.fields)))
        return key, created


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> FakeCrm:
    """Stand in for every Salesforce org of the test."""
    fake = FakeCrm()
    connector: Connector = fake
    monkeypatch.setitem(registry._factories, "salesforce", lambda org: connector)
    return fake
