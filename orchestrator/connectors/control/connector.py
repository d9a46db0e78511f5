"""Our own configuration as a system of record: changed the way the CRM is changed."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from orchestrator.connectors.base import (
    Fault,
    GuardedChange,
    LimitUsage,
    ObjectDescription,
    RecordKey,
    Snapshot,
    UnitResult,
    WriteUnit,
)
from orchestrator.connectors.control import configuration
from orchestrator.connectors.errors import BadBatch, BadRecordId, ErrorClass, Rejected
from orchestrator.kernel import actors, clock
from orchestrator.kernel.errors import DomainError
from orchestrator.kernel.states import StaleState
from orchestrator.orgs.models import Org
from orchestrator.workflows import operations
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.modes import Mode, is_down

SLUG = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)
WRITER = "control connector"
UNIT_LIMIT = 25


class ControlConnector:
    """The workflows of this installation. The guard is exact: values compared under row lock."""

    unit_limit = UNIT_LIMIT

    def __init__(self, *, now: Callable[[], dt.datetime] = clock.now) -> None:
        """Keep the clock: a system of record dates its changes itself."""
        self._now = now

    @property
    def writer_id(self) -> str:
        """Return the name that our own writes carry."""
        return WRITER

    @property
    def limit_usage(self) -> LimitUsage | None:
        """Return None: there is no allowance."""
        return None

    def describe(self, object_name: str) -> ObjectDescription:
        """
        Return what a workflow looks like.

        :raises Rejected: if another object is asked for
        """
        if object_name != configuration.OBJECT:
            raise Rejected(f"The configuration has no object {object_name!r}, only 'Workflow'.")
        return configuration.description()

    def read(self, wanted: Mapping[RecordKey, Sequence[str]]) -> dict[RecordKey, Snapshot | None]:
        """
        Read many workflows in one query; None stands for one that is not there.

        :raises Rejected: if a wanted object or field does not exist
        """
        for key, fields in wanted.items():
            self._check_fields(key.object_name, fields)
        slugs = [key.record_id for key in wanted]
        rows = Workflow.objects.select_related("current_version").filter(slug__in=slugs)
        by_slug = {workflow.slug: workflow for workflow in rows}
        return {
            key: configuration.snapshot_of(by_slug[key.record_id], key, tuple(fields))
            if key.record_id in by_slug
            else None
            for key, fields in wanted.items()
        }

    def check_access(self) -> LimitUsage | None:
        """Return None: nobody counts how often we ask ourselves."""
        return None

    def find_by_external_id(self, object_name: str, external_id: str) -> Snapshot | None:
        """Return None: nothing is created through this connector."""
        self.describe(object_name)
        return None

    def can_mark(self, unit: WriteUnit) -> bool:
        """Say no: what is written to our own database needs no proof."""
        return False

    def find_marker(self, unit_id: str) -> bool | None:
        """Return None: there are no markers."""
        return None

    def write(self, units: Sequence[WriteUnit]) -> list[UnitResult]:
        """
        Write units, each in a transaction of its own.

        :raises BadBatch: if a unit has no change, or there are too many of them
        """
        if len(units) > UNIT_LIMIT or any(not unit.changes for unit in units):
            raise BadBatch(f"At most {UNIT_LIMIT} units, each with a change, fit in a call.")
        return [self._write_unit(unit) for unit in units]

    def record_url(self, key: RecordKey) -> str:
        """Return the workflow's page here."""
        return f"{settings.PUBLIC_URL}/workflows/{key.record_id}/"

    def check_record_id(self, object_name: str, record_id: str) -> str:
        """
        Return the slug.

        :raises BadRecordId: if it cannot be one
        """
        if not SLUG.fullmatch(record_id):
            raise BadRecordId(f"{record_id[:80]!r} is not the short name of a workflow.")
        return record_id

    def _check_fields(self, object_name: str, fields: Sequence[str]) -> None:
        known = self.describe(object_name).fields
        for name in fields:
            if name not in known:
                raise Rejected(f"{object_name} has no field {name!r}.", crm_code="INVALID_FIELD")

    def _write_unit(self, unit: WriteUnit) -> UnitResult:
        applied: list[str] = []
        try:
            with transaction.atomic():
                for change in unit.changes:
                    self._apply(unit, change)
                    applied.append(change.record_id)
        except DomainError as error:
            stale = isinstance(error, StaleState)
            error_class = ErrorClass.CONFLICT if stale else ErrorClass.VALIDATION
            fault = Fault(error_class, error.code, error.detail, position=len(applied))
            return UnitResult(unit.unit_id, fault)
        return UnitResult(unit.unit_id, None, tuple(applied), (False,) * len(applied))

    def _apply(self, unit: WriteUnit, change: GuardedChange) -> None:
        self._check_fields(change.object_name, list(change.fields))
        if change.operation != "update":
            raise Rejected("Workflows are added from a file and are never deleted here.")
        workflow = self._locked(change)
        for name, value in change.fields.items():
            MOVES[name](unit, workflow, value, self._now())

    def _locked(self, change: GuardedChange) -> Workflow:
        """Return the workflow, locked and as it was when it was read."""
        rows = Workflow.objects.select_for_update().filter(slug=change.record_id)
        workflow = rows.first()
        if workflow is None:
            raise StaleState(f"There is no workflow {change.record_id!r} any more.")
        if change.guard is None or change.guard.etag != configuration.state_of(workflow):
            raise StaleState(f"The workflow {workflow.slug!r} changed after it was read.")
        return workflow


def _set_mode(unit: WriteUnit, workflow: Workflow, value: Any, at: dt.datetime) -> None:
    if value not in Mode.values():
        raise Rejected(f"{value!r} is no mode. Use one of: {', '.join(Mode.values())}.")
    to, by = Mode(value), actors.system(WRITER)
    if is_down(left=Mode(workflow.mode), to=to):
        operations.lower_mode(workflow=workflow, to=to, reason=_reason(unit), by=by, at=at)
        return
    operations.raise_mode(
        workflow=workflow,
        to=to,
        reason=_reason(unit),
        proposal=unit.proposal_id or unit.unit_id,
        by=by,
        at=at,
    )


def _set_version(unit: WriteUnit, workflow: Workflow, value: Any, at: dt.datetime) -> None:
    try:
        version = WorkflowVersion.objects.get(workflow=workflow, number=int(value))
    except (WorkflowVersion.DoesNotExist, TypeError, ValueError) as error:
        raise Rejected(f"{workflow.slug!r} has no version {value!r}.") from error
    operations.publish(version=version, reason=_reason(unit), by=actors.system(WRITER), at=at)


def _reason(unit: WriteUnit) -> str:
    return unit.reason or f"Approved change {unit.proposal_id or unit.unit_id}."


MOVES: dict[str, Callable[[WriteUnit, Workflow, Any, dt.datetime], None]] = {
    "mode": _set_mode,
    "version": _set_version,
}
_connector = ControlConnector()


def connector_for(org: Org) -> ControlConnector:
    """Return the one connector: every org of this kind is this installation."""
    return _connector
