"""The systems of record that the contract is shown on, each with three records to play with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestrator.connectors.base import (
    Connector,
    GuardedChange,
    RecordKey,
    Snapshot,
    UnitResult,
    WriteUnit,
)
from orchestrator.connectors.errors import ErrorClass


@dataclass(frozen=True)
class System:
    """One system of record: its connector, and what a test may do to it."""

    connector: Connector
    keys: list[RecordKey]
    # A field we may write, and what to write into it.
    field: str
    value: Any
    # A record id of the right shape that leads nowhere.
    missing: RecordKey
    # Somebody else changes that field of the record.
    edit_elsewhere: Callable[[RecordKey], None]
    # A value that the system refuses, by field.
    bad_value: dict[str, Any]
    # What people call the records.
    labels: list[str]

    @property
    def object_name(self) -> str:
        """Return the object that the records are of."""
        return self.keys[0].object_name

    def read(self, *keys: RecordKey) -> dict[RecordKey, Snapshot]:
        """Return the records as they are; all of them must be there."""
        found = self.connector.read({key: [self.field] for key in keys or self.keys})
        return {key: snapshot for key, snapshot in found.items() if snapshot is not None}

    def values(self) -> list[Any]:
        """Return the field of every record as it is now."""
        return [snapshot.values[self.field] for snapshot in self.read().values()]

    def change(self, snapshot: Snapshot, **fields: Any) -> GuardedChange:
        """Return an update of what was read."""
        values = fields or {self.field: self.value}
        key = snapshot.key
        return GuardedChange("update", key.object_name, key.record_id, "", values, snapshot)


def unit(unit_id: str, *changes: GuardedChange) -> WriteUnit:
    """Return changes that happen together."""
    return WriteUnit(unit_id, changes, proposal_id="prp_1", reason="The owner asked for it.")


def fault_class(result: UnitResult) -> ErrorClass | None:
    """Return why a unit was not written, if it was not."""
    return result.fault.error_class if result.fault else None


def fault_code(result: UnitResult) -> str:
    """Return the code of why a unit was not written, if it was not."""
    return result.fault.code if result.fault else ""
