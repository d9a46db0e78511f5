"""The scene for a test; the cast and the registries are in tests/registry_factories.py."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from approvals.content import Draft, DraftChange
from tests.registry_factories import (
    AT,
    FIELDS,
    PASSWORD,
    SETUP,
    create_agent,
    create_cast,
    create_grant,
    create_granted_agent,
    create_org,
    create_role,
    create_user,
    create_workflow,
    get_user,
    issue_key,
)

__all__ = [
    "AT",
    "EVIDENCE",
    "FIELDS",
    "OPPORTUNITY",
    "PASSWORD",
    "SETUP",
    "create_agent",
    "create_cast",
    "create_draft",
    "create_grant",
    "create_granted_agent",
    "create_org",
    "create_role",
    "create_user",
    "create_workflow",
    "get_user",
    "issue_key",
]

OPPORTUNITY = "006000000000001AAA"
EVIDENCE = ({"kind": "url", "title": "Call notes", "href": "https://notes.example.com/1"},)


def create_draft(
    *,
    workflow: str = "deal-hygiene",
    action: str = "change_stage",
    reason_code: str = "stalled_30d",
    reason_text: str = "No activity for 42 days.",
    changes: Sequence[DraftChange] | None = None,
    fields: Mapping[str, Any] | None = None,
    record_id: str = OPPORTUNITY,
    object_name: str = "Opportunity",
    **more: Any,
) -> Draft:
    """Return a draft that the standard workflow accepts; `fields` replaces what it changes."""
    change = DraftChange(
        operation="update",
        object_name=object_name,
        record_id=record_id,
        fields=fields or {"StageName": "Qualification"},
    )
    values: dict[str, Any] = {"evidence": EVIDENCE, "confidence": Decimal("0.9"), **more}
    return Draft(
        workflow=workflow,
        action=action,
        reason_code=reason_code,
        reason_text=reason_text,
        changes=[change] if changes is None else changes,
        **values,
    )
