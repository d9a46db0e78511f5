"""What objects look like: read from the org, kept for ten minutes by every process together."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from orchestrator.connectors.base import FieldDescription, ObjectDescription
from orchestrator.connectors.errors import BadRecordId, Rejected
from orchestrator.connectors.salesforce import shared
from orchestrator.connectors.salesforce.client import Client
from orchestrator.connectors.salesforce.ids import checked_name

KEEP_SECONDS = 600.0
# Part of the key in the shared cache: raise it when ObjectDescription changes its shape.
SHAPE = 5
NAME_FIELDS = ("Name", "Subject", "CaseNumber", "Title", "Id")
# Saving a record locks what these refer to; the first that an object has decides.
PARENT_FIELDS = ("AccountId", "Account__c", "OpportunityId", "WhatId", "CaseId")
PARENT_FIELD_OF = {"EmailMessage": "ParentId", "CampaignMember": "CampaignId", "Account": None}


class Descriptions:
    """The descriptions of one org's objects."""

    def __init__(self, *, client: Client, key: str) -> None:
        """Keep whom to ask, and under which key to share the answers."""
        self._client = client
        self._key = key
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, ObjectDescription]] = {}

    def of(self, object_name: str) -> ObjectDescription:
        """
        Return what an object looks like.

        :raises Rejected: if the org has no such object, or spells it otherwise
        :raises ConnectorError: if the org cannot be asked
        """
        kept = self._kept.get(object_name)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        with self._lock:
            description = self._shared(object_name) or self._ask(object_name)
            self._kept[object_name] = (time.monotonic() + KEEP_SECONDS, description)
            return description

    def forget(self, object_name: str) -> None:
        """Ask the org anew the next time: what it answered to a call contradicts what we know."""
        self._kept.pop(object_name, None)
        shared.save(self._name(object_name), None, seconds=1)

    def _shared(self, object_name: str) -> ObjectDescription | None:
        found = shared.load(self._name(object_name))
        return found if isinstance(found, ObjectDescription) else None

    def _ask(self, object_name: str) -> ObjectDescription:
        try:
            checked_name(object_name)
        except BadRecordId as error:
            raise Rejected(error.detail) from error
        try:
            answer = self._client.get(f"sobjects/{object_name}/describe")
        except Rejected as error:
            if error.crm_code in ("NOT_FOUND", "INVALID_TYPE", "HTTP_404"):
                raise Rejected(
                    f"The CRM has no object {object_name!r}, or our user may not see it.",
                    crm_code=error.crm_code,
                ) from error
            raise
        try:
            description = read_description(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise Rejected(f"The CRM's description of {object_name} cannot be read.") from error
        if description.name != object_name:
            raise Rejected(f"Write the object's name as {description.name!r}.")
        shared.save(self._name(object_name), description, seconds=KEEP_SECONDS)
        return description

    def _name(self, object_name: str) -> str:
        return f"crm-describe:{SHAPE}:{self._key}:{object_name}"


def read_description(answer: Mapping[str, Any]) -> ObjectDescription:
    """Return our description from the org's."""
    fields = {item["name"]: _field(item) for item in answer["fields"]}
    return ObjectDescription(
        name=answer["name"],
        label=answer.get("label") or answer["name"],
        fields=fields,
        name_field=_name_field(answer["fields"], fields),
        parent_field=_parent_field(answer["name"], answer["fields"], fields),
        key_prefix=answer.get("keyPrefix") or "",
        createable=bool(answer.get("createable", True)),
    )


def _field(item: Mapping[str, Any]) -> FieldDescription:
    return FieldDescription(
        name=item["name"],
        label=item.get("label") or item["name"],
        type=item["type"],
        nillable=bool(item.get("nillable")),
        createable=bool(item.get("createable")),
        updateable=bool(item.get("updateable")),
        length=int(item.get("length") or 0),
        picklist=tuple(
            str(value["value"])
            for value in item.get("picklistValues") or ()
            if value.get("active", True)
        ),
        labels=tuple(
            (str(value["value"]), str(value["label"]))
            for value in item.get("picklistValues") or ()
            if value.get("label") and value["label"] != value["value"]
        ),
        references=tuple(item.get("referenceTo") or ()),
        external_id=bool(item.get("externalId")),
        unique=bool(item.get("unique")),
        digits=int(item.get("precision") or item.get("digits") or 0),
        scale=int(item.get("scale") or 0),
        restricted=bool(item.get("restrictedPicklist")),
    )


def _name_field(items: list[Mapping[str, Any]], fields: Mapping[str, FieldDescription]) -> str:
    named = next((item["name"] for item in items if item.get("nameField")), None)
    return named or next((name for name in NAME_FIELDS if name in fields), "Id")


def _parent_field(
    object_name: str, items: list[Mapping[str, Any]], fields: Mapping[str, FieldDescription]
) -> str | None:
    """Return the master of a detail record, else the lookup that is locked in practice."""
    if object_name in PARENT_FIELD_OF:
        name = PARENT_FIELD_OF[object_name]
        return name if name in fields else None
    master = next((item["name"] for item in items if item.get("relationshipOrder") == 0), None)
    if master is not None:
        return str(master)
    return next((n for n in PARENT_FIELDS if n in fields and fields[n].references), None)
