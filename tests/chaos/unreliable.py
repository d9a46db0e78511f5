"""A CRM in memory that does what it is told to do wrong, and a worker that may die at a point."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.connectors.base import Fault, GuardedChange, RecordKey, UnitResult, WriteUnit
from orchestrator.connectors.errors import (
    ConnectorError,
    ErrorClass,
    QuotaExceeded,
    Transient,
)
from tests.fake_connector import FakeCrm

ANSWERS = ("written", "transient", "quota", "permission", "conflict", "lost before", "lost after")
REFUSALS = {
    "permission": Fault(ErrorClass.PERMISSION, "INSUFFICIENT_ACCESS", "Not you."),
    "conflict": Fault(ErrorClass.CONFLICT, "ENTITY_IS_LOCKED", "In approval."),
}


class Crash(BaseException):
    """The process was killed: nothing may catch this, and no transaction survives it."""


@dataclass(frozen=True, slots=True)
class Overwrite:
    """One durable change of ours: the value that was there, and the one that came."""

    record_id: str
    old: Any
    new: Any


class UnreliableCrm(FakeCrm):
    """Answers every write as `answer` says, and remembers what each write replaced."""

    def __init__(self) -> None:
        """Begin as a CRM that works."""
        super().__init__()
        self.answer = "written"
        self.overwrites: list[Overwrite] = []

    def write(self, units: Sequence[WriteUnit]) -> list[UnitResult]:
        """Write, refuse, or lose the request or the answer."""
        if self.answer == "transient":
            raise Transient("Busy.")
        if self.answer == "quota":
            raise QuotaExceeded("Used up.")
        if self.answer == "lost before":
            raise ConnectorError("Cut off on the way there.")
        if self.answer in REFUSALS:
            return [UnitResult(unit.unit_id, REFUSALS[self.answer]) for unit in units]
        results = super().write(units)
        if self.answer == "lost after":
            raise ConnectorError("Cut off on the way back.")
        return results

    def _apply(self, change: GuardedChange) -> tuple[RecordKey, bool]:
        key = RecordKey(change.object_name, change.record_id)
        old = self.records.get(key, {}).get("NextStep")
        self.overwrites.append(Overwrite(change.record_id, old, change.fields.get("NextStep")))
        return super()._apply(change)
