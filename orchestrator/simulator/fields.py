"""What an object type is made of, as values; the objects themselves are in `objects`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

OPERATIONS = frozenset({"create", "edit", "delete"})
NUMBERS = frozenset({"int", "double", "currency", "percent"})
TEXTS = frozenset({"string", "textarea", "email", "phone", "url", "picklist", "multipicklist"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `type` is the describe type."""

    name: str
    label: str
    type: str
    length: int = 0
    digits: int = 0
    scale: int = 0
    required: bool = False
    writable: bool = True
    create_only: bool = False
    unique: bool = False
    external_id: bool = False
    values: tuple[str, ...] = ()
    restricted: bool = False
    default: Any = None
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    children: str | None = None
    cascade: bool = False
    tracked: bool = True
    calculated: bool = False
    pattern: str = ""

    @property
    def custom(self) -> bool:
        """Say whether an administrator of the org added it."""
        return self.name.endswith("__c")


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object type; `fields` is keyed by lower-case name."""

    name: str
    label: str
    plural: str
    prefix: str
    fields: Mapping[str, Field]
    name_field: str = "Name"
    history: str | None = None
    history_parent: str | None = None
    writable: bool = True
    # What the user who looks at it may do to its records.
    allowed: frozenset[str] = OPERATIONS
    # What its list page shows after the name.
    columns: tuple[str, ...] = ()

    @property
    def custom(self) -> bool:
        """Say whether an administrator of the org added it."""
        return self.name.endswith("__c")

    def field(self, name: str) -> Field | None:
        """Return the field of that name in any case, or None."""
        return self.fields.get(name.lower())


def text(name: str, label: str, length: int = 255, **more: Any) -> Field:
    """Return a line of text."""
    return Field(name, label, "string", length=length, **more)


def area(name: str, label: str, length: int = 32000, **more: Any) -> Field:
    """Return a block of text; its history keeps no values."""
    return Field(name, label, "textarea", length=length, **more)


def number(name: str, label: str, kind: str = "double", **more: Any) -> Field:
    """Return a number: 18 digits, two of them after the point unless told otherwise."""
    shape = {"digits": 8, "scale": 0} if kind == "int" else {"digits": 18, "scale": 2}
    return Field(name, label, kind, **{**shape, **more})


def choice(
    name: str, label: str, values: Sequence[str], *, restricted: bool = True, **more: Any
) -> Field:
    """Return a picklist."""
    return Field(
        name, label, "picklist", length=255, values=tuple(values), restricted=restricted, **more
    )


def several(name: str, label: str, values: Sequence[str], **more: Any) -> Field:
    """Return a picklist of which several values may be chosen."""
    return Field(
        name, label, "multipicklist", length=4099, values=tuple(values), restricted=True, **more
    )


def flag(name: str, label: str, **more: Any) -> Field:
    """Return a checkbox: never null."""
    return Field(name, label, "boolean", **{"default": False, **more})


def day(name: str, label: str, **more: Any) -> Field:
    """Return a date."""
    return Field(name, label, "date", **more)


def moment(name: str, label: str, **more: Any) -> Field:
    """Return a date and time."""
    return Field(name, label, "datetime", **more)


def link(name: str, label: str, *targets: str, children: str | None = None, **more: Any) -> Field:
    """Return a reference; the relationship is called as the field is, without Id or with __r."""
    stem = name.removesuffix("Id") if name.endswith("Id") else name.removesuffix("__c") + "__r"
    return Field(
        name, label, "reference", length=18, reference_to=targets,
        **{"relationship": stem, "children": children, **more},
    )  # fmt: skip


def key(name: str, label: str, *, unique: bool = True, length: int = 120) -> Field:
    """Return an external id."""
    return text(name, label, length, external_id=True, unique=unique, tracked=False)


def shown(field: Field) -> Field:
    """Return the field as one that only the org itself writes."""
    return replace(field, writable=False, tracked=False)


SYSTEM_FIELDS: tuple[Field, ...] = (
    Field("Id", "Record ID", "id", length=18, writable=False, tracked=False),
    shown(flag("IsDeleted", "Deleted")),
    shown(moment("CreatedDate", "Created Date")),
    shown(link("CreatedById", "Created By ID", "User")),
    shown(moment("LastModifiedDate", "Last Modified Date")),
    shown(link("LastModifiedById", "Last Modified By ID", "User")),
    shown(moment("SystemModstamp", "System Modstamp")),
)
COUNTERSIGN_ID = key("Countersign_Id__c", "Countersign Id")
COUNTERSIGN_STAMP = (
    text("Countersign_Commit_Id__c", "Countersign Commit Id", 80, tracked=False),
    text("Countersign_Reason__c", "Countersign Reason", 80, tracked=False),
)
SYSTEM_NAMES = frozenset(field.name for field in SYSTEM_FIELDS)


def owner(*targets: str) -> Field:
    """Return the owner of a record: whoever creates it, unless told otherwise."""
    return link("OwnerId", "Owner ID", *(targets or ("User",)), required=True)


def object_type(
    name: str, label: str, plural: str, prefix: str, fields: Sequence[Field], **more: Any
) -> ObjectType:
    """Return an object type with the fields that every one has."""
    own = (*SYSTEM_FIELDS[:2], *fields, *SYSTEM_FIELDS[2:])
    return ObjectType(
        name, label, plural, prefix, {field.name.lower(): field for field in own}, **more
    )
