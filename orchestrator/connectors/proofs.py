"""What an org offers to settle a write by whose answer was lost: said in lines, for an admin."""

from collections.abc import Iterator

from orchestrator.connectors.base import (
    OWN_KEY_FIELD,
    STAMP_FIELD,
    Connector,
    GuardedChange,
    ObjectDescription,
    WriteUnit,
)
from orchestrator.connectors.errors import Rejected

OBJECTS = ("Account", "Contact", "Opportunity", "Lead", "Case", "Task")


def lines(connector: Connector) -> Iterator[str]:
    """
    Yield what was found: where creates are safe, which objects carry stamps, whether markers work.

    :raises ConnectorError: if the system cannot be asked
    """
    described = [found for name in OBJECTS if (found := _described(connector, name)) is not None]
    yield _line("Stamps (fields Countersign_Commit_Id__c)", STAMP_FIELD, described)
    yield _line("Creates (fields Countersign_Id__c)", OWN_KEY_FIELD, described)
    delete = GuardedChange("delete", "Account", "", "", {}, None)
    if connector.can_mark(WriteUnit("", [delete])):
        yield "Markers (object Countersign_Commit__c): found."
    else:
        yield "Markers (object Countersign_Commit__c): not found. See docs/salesforce/README.md."


def _described(connector: Connector, object_name: str) -> ObjectDescription | None:
    try:
        return connector.describe(object_name)
    except Rejected:
        return None


def _line(title: str, field_name: str, described: list[ObjectDescription]) -> str:
    """Say where our user may fill in a field and where not."""
    there = [one.name for one in described if _fillable(one, field_name)]
    lacking = [one.name for one in described if not _fillable(one, field_name)]
    found = f"{title}: found on {', '.join(there) or 'no object'}"
    missing = f"; missing on {', '.join(lacking)}, see docs/salesforce/README.md" if lacking else ""
    return f"{found}{missing}."


def _fillable(description: ObjectDescription, field_name: str) -> bool:
    field = description.fields.get(field_name)
    return field is not None and field.createable and field.updateable
