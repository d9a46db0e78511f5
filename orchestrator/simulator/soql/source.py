"""What the query engine needs to know about an org, and what it answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """
    One field of an object, in its canonical spelling.

    `type` is the describe type: string, textarea, email, phone, url, picklist, multipicklist,
    boolean, int, double, currency, percent, date, datetime, id, reference, autonumber.
    """

    name: str
    type: str
    relationship_name: str | None = None
    reference_to: tuple[str, ...] = ()
    custom: bool = False


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """Children that point at an object: `Contacts` on Account is Contact by AccountId."""

    name: str
    child_object: str
    field: str


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object; `fields` and `children` are keyed by lower-case name."""

    name: str
    fields: Mapping[str, FieldInfo]
    children: Mapping[str, ChildRelationship] = field(default_factory=dict)


class RowSource(Protocol):
    """The rows of an org. Values are as stored; datetimes as ISO text, aware, or `datetime`."""

    def object_named(self, name: str) -> ObjectInfo | None:
        """Return the object of that name in any case, or None."""

    def rows(self, object_name: str) -> Iterable[Row]:
        """Return every row by canonical field name, with Id and IsDeleted, deleted ones too."""

    def row(self, object_name: str, record_id: str) -> Row | None:
        """Return the row with that 18-character id, deleted or not, or None."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """`records` are JSON-ready; `total_size` is the count alone for `SELECT COUNT()`."""

    total_size: int
    records: list[dict[str, Any]]
