"""What a plan has to know beyond the chosen commits: later writes of ours, and the records now."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from django.db import connection

from orchestrator.connectors.base import Connector, ObjectDescription, RecordKey
from orchestrator.connectors.errors import Rejected
from orchestrator.rollbacks.planning import wanted
from orchestrator.rollbacks.record_plans import Other, Step, World
from orchestrator.rollbacks.selection import Done

# What was taken back has no effect any more, and what took it back is seen by its values.
OTHERS = """
SELECT COALESCE(c.written_at, c.finished_at), c.id, p.id, ch.object_name, ch.record_id,
  array(SELECT jsonb_object_keys(ch.fields))
FROM unnest(%s::text[], %s::text[]) AS wanted(object_name, record_id)
JOIN approvals_change ch
  ON ch.object_name = wanted.object_name AND ch.record_id = wanted.record_id
  AND ch.record_id <> ''
JOIN commits_commit c ON c.revision_id = ch.revision_id
JOIN approvals_proposal p ON p.id = c.proposal_id
WHERE c.state = 'done' AND p.state = 'committed' AND p.purpose = 'change' AND c.org_id = %s
  AND COALESCE(c.written_at, c.finished_at) >= %s
"""


def steps_of(commits: Iterable[Done]) -> list[Step]:
    """Return what undoes the commits, change by change."""
    return [
        Step(
            order=commit.order,
            commit_id=commit.commit_id,
            operation=step["op"],
            key=RecordKey(step["object"], step["id"] or step.get("of", "")),
            before=step["fields"],
            wrote=step.get("expect", {}),
            stamp=step.get("guard"),
        )
        for commit in commits
        for step in commit.steps
    ]


def others_of(keys: Collection[RecordKey], *, org_id: int, since: dt.datetime) -> list[Other]:
    """Return the standing writes of ours to these records, the chosen ones among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            OTHERS,
            [[key.object_name for key in keys], [key.record_id for key in keys], org_id, since],
        )
        rows = cursor.fetchall()
    return [
        Other((at, commit_id), proposal_id, RecordKey(object_name, record_id), frozenset(fields))
        for at, commit_id, proposal_id, object_name, record_id, fields in rows
    ]


def world_of(steps: Sequence[Step], connector: Connector) -> World:
    """
    Return the records as they are now, in as few calls as possible.

    :raises ConnectorError: if the org cannot be asked
    """
    objects = {name: _described(connector, name) for name in {s.key.object_name for s in steps}}
    fields = wanted(steps, objects)
    return World(
        now=connector.read(fields) if fields else {},
        objects=objects,
        writer=connector.writer_id,
    )


def _described(connector: Connector, object_name: str) -> ObjectDescription | None:
    """Return what an object looks like, or None where the org has no such object any more."""
    try:
        return connector.describe(object_name)
    except Rejected:
        return None
