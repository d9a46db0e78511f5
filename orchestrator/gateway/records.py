"""Records for agents: through our connector, cut down to their grants, cached for a moment."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache

from orchestrator.agents.models import Agent, Grant
from orchestrator.agents.queries import grants_of
from orchestrator.connectors.base import RecordKey, Snapshot
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel.canonical import digest
from orchestrator.policy import conditions
from orchestrator.policy.conditions import Judgement

# Long enough to spare the CRM an agent's repeated looks, short enough never to mislead a reader.
CACHED_SECONDS = 15


def record_for(
    *, agent: Agent, object_name: str, record_id: str, at: dt.datetime
) -> dict[str, Any] | None:
    """
    Return the record with the fields that grants of this agent name, or None.

    :raises BadRecordId: if the text cannot be a record id
    :raises ConnectorError: if the CRM does not answer
    """
    grants = [grant for grant in grants_of(agent=agent, at=at) if grant.object_name == object_name]
    if not grants:
        return None
    connector = connector_for(grants[0].workflow.org)
    key = RecordKey(object_name, connector.check_record_id(object_name, record_id))
    fields = sorted({name for grant in grants for name in _fields(grant)})
    cached = "record:" + digest([grants[0].workflow.org.slug, *key, *fields])
    snapshot: Snapshot | None = cache.get(cached)
    if snapshot is None:
        snapshot = connector.read({key: fields})[key]
        if snapshot is None:
            return None
        cache.set(cached, snapshot, CACHED_SECONDS)
    visible = _visible(grants, snapshot.values)
    if not visible:
        return None
    return {
        "object": key.object_name,
        "id": key.record_id,
        "label": snapshot.label,
        "fields": {name: snapshot.values.get(name) for name in sorted(visible)},
        "last_modified_at": snapshot.modified_at.isoformat(),
        "url": connector.record_url(key),
    }


def _fields(grant: Grant) -> set[str]:
    return set(grant.fields) | conditions.referenced_fields(grant.record_filter)


def _visible(grants: list[Grant], values: Mapping[str, Any]) -> set[str]:
    """Return the fields of the grants whose record filter holds for this record."""
    variables = {"record": conditions.plain(values)}
    return {
        name
        for grant in grants
        if not grant.record_filter
        or conditions.judge(grant.record_filter, variables) == Judgement.TRUE
        for name in grant.fields
    }
