"""What our own configuration looks like as records: one object, `Workflow`, known by its slug."""

import datetime as dt
from typing import Any

from orchestrator.connectors.base import FieldDescription, ObjectDescription, RecordKey, Snapshot
from orchestrator.kernel.canonical import digest
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.modes import Mode

OBJECT = "Workflow"
FIELDS = ("mode", "version")


def description() -> ObjectDescription:
    """Return what a workflow looks like: two fields that can be changed."""
    fields = (
        FieldDescription(
            name="mode",
            label="Mode",
            type="picklist",
            nillable=False,
            createable=False,
            updateable=True,
            picklist=tuple(Mode.values()),
        ),
        FieldDescription(
            name="version",
            label="Version in force",
            type="int",
            nillable=True,
            createable=False,
            updateable=True,
        ),
    )
    return ObjectDescription(
        name=OBJECT,
        label=OBJECT,
        fields={field.name: field for field in fields},
        name_field="title",
        parent_field=None,
    )


def values_of(workflow: Workflow) -> dict[str, Any]:
    """Return the fields of a workflow as they are now."""
    version = workflow.current_version
    return {"mode": str(workflow.mode), "version": version.number if version else None}


def state_of(workflow: Workflow) -> str:
    """Return what names the present values exactly; a guard holds when it is still the same."""
    return digest(values_of(workflow))


def snapshot_of(workflow: Workflow, key: RecordKey, wanted: tuple[str, ...]) -> Snapshot:
    """Return a workflow as it is now; the etag is what a write is conditional on."""
    values = values_of(workflow)
    moment = _last_known_change(workflow)
    return Snapshot(
        key=key,
        label=workflow.title,
        values={name: values[name] for name in wanted},
        modified_at=moment,
        modstamp=moment,
        modified_by="",
        parent_key=f"{OBJECT}/{workflow.slug}",
        etag=state_of(workflow),
    )


def _last_known_change(workflow: Workflow) -> dt.datetime:
    """Return a date for people; the row keeps none of its mode, and the guard needs none."""
    version = workflow.current_version
    return version.created_at if version else workflow.created_at
