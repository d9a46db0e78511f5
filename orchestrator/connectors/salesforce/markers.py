"""
Markers: a row of the org's own that is made in the transaction of a commit, and outlasts it.

A stamp goes with its record; a marker does not, so it settles deletes too. Its key is unique: a
call that arrives a second time fails at the marker, and all that came with it is taken back.
"""

import time
from collections.abc import Sequence
from typing import Any

from orchestrator.connectors.base import (
    ObjectDescription,
    UnitResult,
    WriteUnit,
    needs_own_call,
)
from orchestrator.connectors.errors import ConnectorError, Rejected
from orchestrator.connectors.salesforce import shared
from orchestrator.connectors.salesforce.client import Client
from orchestrator.connectors.salesforce.composite import (
    MARKER_REFUSED,
    SUBREQUEST_LIMIT,
    weight_of,
)
from orchestrator.connectors.salesforce.descriptions import KEEP_SECONDS, Descriptions
from orchestrator.connectors.salesforce.ids import checked_external_id, external_id_segment

MARKER_OBJECT = "Countersign_Commit__c"
MARKER_KEY = "Commit_Id__c"


class Markers:
    """The markers of one org; the object is an offer of the org, not a need of ours."""

    def __init__(self, *, client: Client, descriptions: Descriptions, key: str) -> None:
        """Keep whom to ask, and under which key to share that there are none."""
        self._client = client
        self._descriptions = descriptions
        self._none = f"crm-no-markers:{key}"
        self._none_until = 0.0

    def can_mark(self, unit: WriteUnit) -> bool:
        """
        Say whether a unit can have a marker: it needs its own call, and leaves room for one.

        An org that cannot be asked now has none: the write is not worth less for it.
        """
        if not needs_own_call(unit) or weight_of(unit) >= SUBREQUEST_LIMIT:
            return False
        try:
            return self._kept_here()
        except ConnectorError:
            return False

    def body(self, unit: WriteUnit) -> dict[str, Any]:
        """
        Return the marker of a unit.

        :raises Rejected: if the org has no markers any more
        :raises BadRecordId: if the unit's id cannot be a key
        """
        fields = self._descriptions.of(MARKER_OBJECT).fields
        values = {
            "Proposal_Id__c": unit.proposal_id,
            "Proposal_Url__c": unit.link,
            "Digest__c": unit.digest,
        }
        told = {
            name: value[: fields[name].length] or None
            for name, value in values.items()
            if name in fields and fields[name].createable
        }
        return {MARKER_KEY: checked_external_id(unit.unit_id), **told}

    def find(self, unit_id: str) -> bool | None:
        """
        Say whether a marker is there; None if the org has no markers (any more).

        :raises ConnectorError: if the org cannot be asked
        """
        segment = external_id_segment(unit_id)
        try:
            self._client.get(f"sobjects/{MARKER_OBJECT}/{MARKER_KEY}/{segment}")
        except Rejected as error:
            if error.crm_code not in ("NOT_FOUND", "HTTP_404"):
                return None
            # An object that is gone is a 404 too, and says nothing about the commit: look anew.
            self._descriptions.forget(MARKER_OBJECT)
            return False if self._described() else None
        return True

    def learn(self, results: Sequence[UnitResult]) -> None:
        """Go without markers for a while once the org has refused one."""
        if any(one.fault is not None and one.fault.code == MARKER_REFUSED for one in results):
            self._forgo()

    def _kept_here(self) -> bool:
        if time.monotonic() < self._none_until or shared.load(self._none):
            return False
        if not self._described():
            self._forgo()
            return False
        return True

    def _described(self) -> bool:
        try:
            return can_hold_markers(self._descriptions.of(MARKER_OBJECT))
        except Rejected:
            return False

    def _forgo(self) -> None:
        self._none_until = time.monotonic() + KEEP_SECONDS
        shared.save(self._none, True, seconds=KEEP_SECONDS)  # noqa: FBT003 - what is saved


def can_hold_markers(description: ObjectDescription) -> bool:
    """Say whether the object is what a marker needs: ours to create, under a key of its own."""
    field = description.fields.get(MARKER_KEY)
    return (
        description.createable
        and field is not None
        and field.createable
        and field.external_id
        and field.unique
    )
