"""What a system of record must offer, whatever it is."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from orchestrator.connectors.errors import ErrorClass

# What the connector fills in on the records themselves, and nobody else does: the field that makes
# a repeated create harmless, and the stamp, which commit of ours wrote the record last and why.
OWN_KEY_FIELD = "Countersign_Id__c"
STAMP_FIELD = "Countersign_Commit_Id__c"
REASON_FIELD = "Countersign_Reason__c"
OWN_FIELDS = frozenset({OWN_KEY_FIELD, STAMP_FIELD, REASON_FIELD})


class RecordKey(NamedTuple):
    """Which record: object name and record id (18 characters for Salesforce)."""

    object_name: str
    record_id: str


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """One field as the system of record describes it."""

    name: str
    label: str
    type: str
    nillable: bool
    createable: bool
    updateable: bool
    length: int = 0
    picklist: tuple[str, ...] = ()
    # Those values of a picklist that people read otherwise, also inactive ones: (value, label).
    labels: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()
    external_id: bool = False
    unique: bool = False
    # Of a number: its digits altogether and behind the point; 0 digits where nobody says.
    digits: int = 0
    scale: int = 0
    # Of a picklist: whether nothing but its values is taken.
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class ObjectDescription:
    """One object: its label, its fields by name, and where its name and parent stand."""

    name: str
    label: str
    fields: Mapping[str, FieldDescription]
    # The field people know a record by ("Name", "Subject", "CaseNumber").
    name_field: str
    # The reference whose target the CRM locks with the record ("AccountId"), or none.
    parent_field: str | None
    # What every record id of this object begins with ("006"), where the system has such a thing.
    key_prefix: str = ""
    createable: bool = True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One record as it was at the moment of one read."""

    key: RecordKey
    label: str
    values: Mapping[str, Any]
    # Second-grained, UTC: by a user, and by anybody including automation.
    modified_at: dt.datetime
    modstamp: dt.datetime
    modified_by: str
    # "Account/001…": the record that the CRM locks with this one; this record itself if none.
    parent_key: str
    etag: str = ""
    # The commit of ours that wrote it last, "" if none did; None where records carry no stamp.
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class GuardedChange:
    """One write, conditional on the record being as we last read it."""

    operation: str  # update | create | delete
    object_name: str
    record_id: str  # empty for a create
    # For a create: value of the external-id field that makes a repeat harmless.
    external_id: str
    fields: Mapping[str, Any]
    # The state the write is conditional on; none for a create.
    guard: Snapshot | None


@dataclass(frozen=True, slots=True)
class WriteUnit:
    """Changes that happen together or not at all (one commit)."""

    unit_id: str
    changes: Sequence[GuardedChange]
    # Why, for systems of record that write it down.
    proposal_id: str = ""
    reason: str = ""
    reason_code: str = ""
    digest: str = ""
    # Where people read the proposal.
    link: str = ""
    # Leave a marker with it, in the same transaction, that `find_marker` finds for ever.
    marked: bool = False


def needs_own_call(unit: WriteUnit) -> bool:
    """
    Say whether a unit must be the only one in its call of `write`.

    Several changes need a transaction of their own, and a delete is two steps (guard, delete).
    """
    return len(unit.changes) != 1 or unit.changes[0].operation == "delete"


@dataclass(frozen=True, slots=True)
class LimitUsage:
    """How much of the allowance of calls is used up."""

    used: int
    allowed: int

    @property
    def share(self) -> float:
        """Return the used share, 0 to 1 and beyond."""
        return self.used / self.allowed if self.allowed else 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one unit was not written."""

    error_class: ErrorClass
    code: str
    text: str
    # Which change of the unit was the cause, by position.
    position: int = 0


@dataclass(frozen=True, slots=True)
class UnitResult:
    """What became of one unit: written, with the record id of each change, or a fault."""

    unit_id: str
    fault: Fault | None
    record_ids: Sequence[str] = field(default_factory=tuple)
    created: Sequence[bool] = field(default_factory=tuple)

    @property
    def written(self) -> bool:
        """Say whether every change of the unit is in the system of record."""
        return self.fault is None


class Connector(Protocol):
    """A system of record: read many, describe, write what is still as it was."""

    # How many single-change units fit in one call of `write`.
    unit_limit: int

    @property
    def writer_id(self) -> str:
        """
        Return whose name our own writes carry, to tell them from other people's.

        :raises ConnectorError: if the system cannot be asked
        """

    @property
    def limit_usage(self) -> LimitUsage | None:
        """Return how much of the allowance of calls the last answer says is used, if it does."""

    def describe(self, object_name: str) -> ObjectDescription:
        """
        Return what an object looks like (cached).

        :raises Rejected: if there is no such object
        :raises ConnectorError: if the system cannot be asked
        """

    def read(self, wanted: Mapping[RecordKey, Sequence[str]]) -> dict[RecordKey, Snapshot | None]:
        """
        Read many records in as few calls as possible; None stands for a record that is not there.

        :raises ConnectorError: if the system cannot be asked
        """

    def find_by_external_id(self, object_name: str, external_id: str) -> Snapshot | None:
        """
        Return the record that an earlier create of ours made, if any.

        :raises ConnectorError: if the system cannot be asked
        """

    def can_mark(self, unit: WriteUnit) -> bool:
        """
        Say whether the unit can be written with a marker, which proves later that it happened.

        Only for units that need a call of their own, only where there is room for it, and never
        while the system cannot be asked.
        """

    def find_marker(self, unit_id: str) -> bool | None:
        """
        Say whether a unit's marker is there; None if markers can no longer be read.

        :raises ConnectorError: if the system cannot be asked
        """

    def write(self, units: Sequence[WriteUnit]) -> list[UnitResult]:
        """
        Write units in one call, each on its own: all of its changes or none of them.

        A change is stamped with its unit's id where its guard says that the record carries a
        stamp, and a new record where its object does.

        The caller packs: at most `unit_limit` units, one that `needs_own_call` alone, no record
        twice. A unit that cannot even be sent gets its fault like one that the system refused.

        :raises BadBatch: if the units cannot share a call; nothing was sent
        :raises OutcomeUnknown: if the call left and no complete answer came back
        :raises ConnectorError: if nothing was written for any unit
        """

    def record_url(self, key: RecordKey) -> str:
        """Return where a person can see the record in the system itself."""

    def check_access(self) -> LimitUsage | None:
        """
        Ask for next to nothing, signed in; return the allowance of calls, if there is one.

        :raises ConnectorError: if the system cannot be asked, or refuses us altogether
        """

    def check_record_id(self, object_name: str, record_id: str) -> str:
        """
        Return the record id in its full form.

        :raises BadRecordId: if it cannot be an id of this system
        """
