"""The history object of an object type: one row for each field a save changed."""

from orchestrator.simulator.fields import (
    SYSTEM_FIELDS,
    Field,
    ObjectType,
    link,
    shown,
    text,
)

PREFIXES = {
    "AccountHistory": "0K0",
    "ContactHistory": "0K1",
    "LeadHistory": "0K2",
    "OpportunityFieldHistory": "017",
    "CampaignHistory": "0K3",
    "CaseHistory": "0K4",
    "Quote__History": "0K5",
}
KEPT = frozenset({"Id", "IsDeleted", "CreatedDate", "CreatedById"})


def of(kind: ObjectType) -> ObjectType:
    """Return the history object of an object type."""
    name = kind.history or ""
    parent = shown(
        link(
            kind.history_parent or "", f"{kind.label} ID", kind.name,
            children="History" if kind.custom else "Histories",
            relationship="Parent" if kind.custom else kind.name,
        )
    )  # fmt: skip
    fields: tuple[Field, ...] = (
        *(field for field in SYSTEM_FIELDS if field.name in KEPT),
        parent,
        shown(text("Field", "Changed Field")),
        shown(text("DataType", "Data Type", 40)),
        shown(text("OldValue", "Old Value")),
        shown(text("NewValue", "New Value")),
    )
    return ObjectType(
        name,
        f"{kind.label} History",
        f"{kind.label} History",
        PREFIXES[name],
        {field.name.lower(): field for field in fields},
        name_field="Field",
        writable=False,
        columns=(parent.name, "OldValue", "NewValue", "CreatedById", "CreatedDate"),
    )
