"""The Salesforce connector: read many, describe, write what is still as it was."""

import contextlib
import os
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from orchestrator.connectors.base import (
    Fault,
    LimitUsage,
    ObjectDescription,
    RecordKey,
    Snapshot,
    UnitResult,
    WriteUnit,
)
from orchestrator.connectors.errors import BadRecordId, ErrorClass, Rejected
from orchestrator.connectors.salesforce import composite, ids, snapshots, stamps
from orchestrator.connectors.salesforce.client import Client
from orchestrator.connectors.salesforce.composite import EXTERNAL_ID_FIELD, Planned
from orchestrator.connectors.salesforce.descriptions import Descriptions
from orchestrator.connectors.salesforce.guard_check import GuardCheck
from orchestrator.connectors.salesforce.markers import MARKER_OBJECT, Markers
from orchestrator.connectors.salesforce.session import OrgSession
from orchestrator.connectors.salesforce.sign_in import Credentials, credentials_of
from orchestrator.connectors.salesforce.tokens import TokenProvider, fingerprint
from orchestrator.connectors.salesforce.values import has_external_id, written_values
from orchestrator.orgs.models import Org

READ_LIMIT = 2000


class SalesforceConnector:
    """One org, spoken to by one integration user. Safe to share between threads."""

    unit_limit = composite.SUBREQUEST_LIMIT

    def __init__(
        self, *, credentials: Credentials, api_version: str, use_etags: bool = False
    ) -> None:
        """
        Prepare to speak to an org; nothing is asked yet.

        `use_etags` adds If-Match to updates of accounts whose guard carries an ETag. It is off:
        the collection read that guards come from returns none.
        """
        self._address = credentials.address
        self._base = f"/services/data/v{api_version}"
        self._use_etags = use_etags
        self._session = OrgSession(credentials.address)
        self._tokens = TokenProvider(credentials=credentials, session=self._session)
        self._client = Client(
            address=credentials.address,
            api_version=api_version,
            session=self._session,
            tokens=self._tokens,
        )
        key = f"{fingerprint(credentials)}:{api_version}"
        self._descriptions = Descriptions(client=self._client, key=key)
        self.guards = GuardCheck(client=self._client, base=self._base, key=key)
        self._markers = Markers(client=self._client, descriptions=self._descriptions, key=key)

    @property
    def writer_id(self) -> str:
        """
        Return the id of the user our token acts as.

        :raises ConnectorError: if we cannot sign in
        """
        return self._tokens.current().user_id

    @property
    def limit_usage(self) -> LimitUsage | None:
        """Return how much of the daily allowance was used at the last answer to this process."""
        return self._session.limit_usage

    def describe(self, object_name: str) -> ObjectDescription:
        """
        Return what an object looks like, at most ten minutes old.

        :raises Rejected: if there is no such object
        :raises ConnectorError: if the org cannot be asked
        """
        return self._descriptions.of(object_name)

    def read(self, wanted: Mapping[RecordKey, Sequence[str]]) -> dict[RecordKey, Snapshot | None]:
        """
        Read many records, one call for each object and 2,000 ids.

        A key whose id cannot be one of that object's is answered with None and never sent.

        :raises UnknownField: if a wanted field is not one of its object; it names both
        :raises ConnectorError: if the org cannot be asked
        """
        found: dict[RecordKey, Snapshot | None] = dict.fromkeys(wanted)
        by_object: dict[str, list[RecordKey]] = defaultdict(list)
        for key in wanted:
            by_object[key.object_name].append(key)
        for object_name, keys in by_object.items():
            self._read_object(self.describe(object_name), keys, wanted, found)
        return found

    def find_by_external_id(self, object_name: str, external_id: str) -> Snapshot | None:
        """
        Return the record whose external id is this, with every field our user may see.

        :raises ConnectorError: if the org cannot be asked, or has several such records
        """
        description = self.describe(object_name)
        segment = ids.external_id_segment(external_id)
        try:
            row = self._client.get(f"sobjects/{object_name}/{EXTERNAL_ID_FIELD}/{segment}")
        except Rejected as error:
            # A missing field is a 404 too, and means something else than a missing record.
            if error.crm_code in ("NOT_FOUND", "HTTP_404") and has_external_id(description):
                return None
            raise
        if not isinstance(row, Mapping):
            raise Rejected(f"{external_id!r} did not lead to one record of {object_name}.")
        key = RecordKey(object_name, ids.full_id(str(row.get("Id", ""))))
        fields = [name for name in row if name in description.fields]
        return snapshots.read_snapshot(description, key, row, fields)

    def can_mark(self, unit: WriteUnit) -> bool:
        """Say whether the unit can be written with a marker, which proves that it happened."""
        return self._markers.can_mark(unit)

    def find_marker(self, unit_id: str) -> bool | None:
        """
        Say whether a unit's marker is there; None if the org has no markers (any more).

        :raises ConnectorError: if the org cannot be asked
        """
        return self._markers.find(unit_id)

    def write(self, units: Sequence[WriteUnit]) -> list[UnitResult]:
        """
        Write units in one call, each on its own: all of its changes or none of them.

        :raises BadBatch: if the units cannot share a call; nothing was sent
        :raises OutcomeUnknown: if the call left and no complete answer came back
        :raises ConnectorError: if nothing was written for any unit
        """
        composite.check_batch(units)
        # Whoever takes over from us reads back a time-out after we are lost, and counts on nothing
        # being sent from then on: leave half of that time to what is on its way.
        latest = time.monotonic() + float(settings.COUNTERSIGN["crm_timeout_seconds"]) / 2
        planned: list[Planned] = []
        refused: dict[str, UnitResult] = {}
        automation = self.guards.counts_automation
        for index, unit in enumerate(units):
            plan = self._plan(unit, index, automation=automation)
            if isinstance(plan, Fault):
                refused[unit.unit_id] = UnitResult(unit.unit_id, plan)
            else:
                planned.append(plan)
        refused |= self.guards.refused([one.unit for one in planned], latest=latest)
        planned = [one for one in planned if one.unit.unit_id not in refused]
        done = self._send(planned, latest) if planned else {}
        return [refused.get(unit.unit_id) or done[unit.unit_id] for unit in units]

    def record_url(self, key: RecordKey) -> str:
        """Return the record's page in Lightning; the org's first page if the key cannot be one."""
        try:
            name, record_id = ids.checked_name(key.object_name), ids.full_id(key.record_id)
        except BadRecordId:
            return self._address
        return f"{self._address}/lightning/r/{name}/{record_id}/view"

    def check_access(self) -> LimitUsage | None:
        """
        Ask for the org's limits; whoever may not see them learns the allowance all the same.

        :raises ConnectorError: if the org cannot be asked, or refuses our sign-in
        """
        before = self.limit_usage
        # Reading limits is a right of its own; signed in and answered is what was asked.
        with contextlib.suppress(Rejected):
            self._client.get("limits/")
        # Every answer tells it anew; one that did not says nothing about now.
        return None if self.limit_usage is before else self.limit_usage

    def check_record_id(self, object_name: str, record_id: str) -> str:
        """
        Return the 18 characters of a record id, without asking the org.

        :raises BadRecordId: if it cannot be the id of a record of that object
        """
        return ids.checked_id(object_name, record_id)

    def _read_object(
        self,
        description: ObjectDescription,
        keys: Sequence[RecordKey],
        wanted: Mapping[RecordKey, Sequence[str]],
        found: dict[RecordKey, Snapshot | None],
    ) -> None:
        fields = snapshots.fields_to_read(description, (wanted[key] for key in keys))
        by_id: dict[str, list[RecordKey]] = defaultdict(list)
        for key in keys:
            try:
                by_id[ids.checked_id(*key, description.key_prefix)].append(key)
            except BadRecordId:
                continue
        all_ids = list(by_id)
        for start in range(0, len(all_ids), READ_LIMIT):
            some = all_ids[start : start + READ_LIMIT]
            body = {"ids": some, "fields": fields}
            rows = self._client.post(f"composite/sobjects/{description.name}", body, writes=False)
            for record_id, row in zip(some, _rows(rows, len(some)), strict=True):
                for key in by_id[record_id] if row is not None else ():
                    found[key] = snapshots.read_snapshot(description, key, row, wanted[key])

    def _plan(self, unit: WriteUnit, index: int, *, automation: bool) -> Planned | Fault:
        """Return the unit as it will be sent, or the fault for which it will not be."""
        fields = []
        for position, change in enumerate(unit.changes):
            try:
                description = self.describe(change.object_name)
                values = written_values(description, change)
                fields.append(values | stamps.stamp_of(description, unit, change))
                if change.operation != "create":
                    ids.checked_id(change.object_name, change.record_id, description.key_prefix)
            except (Rejected, BadRecordId, ValueError) as error:
                return _local_fault(error, position)
        try:
            marker = (MARKER_OBJECT, self._markers.body(unit)) if unit.marked else None
            return composite.plan(
                unit, index, fields, base=self._base, etags=self._use_etags,
                automation=automation, marker=marker,
            )  # fmt: skip
        except (Rejected, BadRecordId) as error:
            return _local_fault(error, 0)

    def _send(self, planned: Sequence[Planned], latest: float) -> dict[str, UnitResult]:
        body = composite.body_of(planned)
        answer = self._client.post("composite", body, writes=True, latest=latest)
        results = composite.judge(planned, answer)
        self.guards.learn([one.unit for one in planned], results)
        self._markers.learn(results)
        judged = [self._judged(one.unit, each) for one, each in zip(planned, results, strict=True)]
        return {result.unit_id: result for result in judged}

    def _judged(self, unit: WriteUnit, result: UnitResult) -> UnitResult:
        """Return a result; a stamp that the org refuses is no fault of what was approved."""
        if result.fault is None or not stamps.is_refused(result.fault):
            return result
        self._descriptions.forget(unit.changes[result.fault.position].object_name)
        return UnitResult(unit.unit_id, stamps.refusal(result.fault))


def _local_fault(error: Exception, position: int) -> Fault:
    code = getattr(error, "crm_code", "") or getattr(error, "code", "") or "not_a_number"
    error_class = getattr(error, "error_class", ErrorClass.VALIDATION)
    return Fault(error_class, str(code), str(error), position)


def _rows(answer: Any, count: int) -> list[Any]:
    if not isinstance(answer, list) or len(answer) != count:
        raise Rejected("The CRM did not answer with one row for each record that was asked for.")
    return answer


_connectors: dict[int | None, tuple[str, SalesforceConnector]] = {}
_making = threading.Lock()


def connector_for(org: Org) -> SalesforceConnector:
    """Return the process's connector for an org's present credentials."""
    credentials = credentials_of(org)
    present = f"{fingerprint(credentials)}:{org.api_version}"
    with _making:
        kept, connector = _connectors.get(org.pk, ("", None))
        if connector is None or kept != present:
            connector = SalesforceConnector(credentials=credentials, api_version=org.api_version)
            _connectors[org.pk] = (present, connector)
        return connector


def _forget() -> None:
    """Start a child process without its parent's open connections and locks."""
    global _making  # noqa: PLW0603 - the parent's lock may be held by a thread the child lacks
    _making = threading.Lock()
    _connectors.clear()


os.register_at_fork(after_in_child=_forget)
