"""The values of a change as they are written: exact digits, known fields, none that are ours."""

from typing import Any

from orchestrator.connectors.base import OWN_FIELDS, GuardedChange, ObjectDescription
from orchestrator.connectors.errors import Rejected
from orchestrator.connectors.salesforce import exact_json, snapshots
from orchestrator.connectors.salesforce.composite import EXTERNAL_ID_FIELD

NUMBER_TYPES = frozenset({"currency", "double", "percent", "int", "long"})


def written_values(description: ObjectDescription, change: GuardedChange) -> dict[str, Any]:
    """
    Return a change's values as they are written: text in number fields becomes those very digits.

    :raises Rejected: if a field is unknown or ours, or records cannot be created safely
    :raises ValueError: if a number field is given something else
    """
    if change.operation == "create" and not has_external_id(description):
        raise Rejected(
            f"Records of {description.name} cannot be created: it needs a unique External Id "
            f"field {EXTERNAL_ID_FIELD}, so that a repeat cannot make a second record."
        )
    values = {}
    for name, value in change.fields.items():
        field = description.fields.get(name)
        # What proves that a write of ours happened must come from nowhere else.
        if name in OWN_FIELDS:
            raise Rejected(f"{name} is filled in by us; leave it out.")
        if field is None:
            raise snapshots.UnknownField(description.name, name)
        try:
            values[name] = exact_json.exact_number(value) if field.type in NUMBER_TYPES else value
        except ValueError as error:
            raise ValueError(f"{description.name}.{name}: {error}.") from error
    return values


def has_external_id(description: ObjectDescription) -> bool:
    """Say whether records of the object can be created so that a repeat is harmless."""
    field = description.fields.get(EXTERNAL_ID_FIELD)
    return field is not None and field.external_id and field.unique
