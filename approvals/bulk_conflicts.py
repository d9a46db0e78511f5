"""What else touches the same records: a change that is never decided unread, among others."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from approvals.eligibility import Objection
from approvals.states import OPEN, ProposalState, Purpose
from orchestrator.kernel.errors import DomainError

CONFLICT = Objection(
    "conflict", "Another open proposal changes the same field of this record: look at both."
)
MOVED = Objection(
    "record_moved", "We wrote to this record after it was read for this proposal: look at it now."
)

# Of the current revisions: who else writes to the same fields of the same record of the same org,
# or has since its base was read. Rollbacks are planned together, so they never meet one another.
TOUCHED = """
SELECT p.id, p.purpose, r.prepared_at, w.org_id, c.object_name, c.record_id, c.operation, c.fields,
  array(SELECT jsonb_object_keys(c.fields)) || c.depends_on::text[] AS touches
FROM approvals_proposal p
JOIN workflows_workflow w ON w.id = p.workflow_id
JOIN approvals_revision r ON r.proposal_id = p.id AND r.number = p.revision_number
JOIN approvals_change c ON c.revision_id = r.id
WHERE c.record_id <> ''
"""
CONFLICTS = f"""
WITH mine AS ({TOUCHED} AND p.id = ANY(%(ids)s))
SELECT mine.id, bool_or(other.state <> %(committed)s)
FROM mine
JOIN approvals_change c ON c.object_name = mine.object_name AND c.record_id = mine.record_id
JOIN approvals_revision r ON r.id = c.revision_id
JOIN approvals_proposal other
  ON other.id = r.proposal_id AND other.revision_number = r.number AND other.id <> mine.id
JOIN workflows_workflow w ON w.id = other.workflow_id AND w.org_id = mine.org_id
WHERE (other.state = ANY(%(open)s)
    OR other.state = %(committed)s AND other.closed_at > mine.prepared_at)
  AND NOT (mine.purpose = %(rollback)s AND other.purpose = %(rollback)s)
  AND ('delete' IN (mine.operation, c.operation)
    OR c.fields ?| mine.touches
    OR mine.fields ?| (array(SELECT jsonb_object_keys(c.fields)) || c.depends_on::text[]))
GROUP BY mine.id
"""  # noqa: S608 - both parts are written above; values are parameters


class Conflicting(DomainError):
    """Another open proposal changes the same field of the same record."""

    code, status, title = CONFLICT.code, 409, "Look at both"


class RecordMoved(DomainError):
    """The record was written to since it was read for this proposal."""

    code, status, title = MOVED.code, 409, "Look at it now"


def conflicts(ids: Sequence[str]) -> dict[str, Objection]:
    """Return which proposals meet another one on their records; one query, however many."""
    given: dict[str, Any] = {
        "ids": list(ids),
        "open": sorted(OPEN),
        "committed": ProposalState.COMMITTED,
        "rollback": Purpose.ROLLBACK,
    }
    with connection.cursor() as cursor:
        cursor.execute(CONFLICTS, given)
        return {key: CONFLICT if is_open else MOVED for key, is_open in cursor.fetchall()}


def check_alone(proposal_id: str) -> None:
    """
    Refuse to approve with many others what meets another proposal by now.

    :raises Conflicting: if another open proposal changes the same
    :raises RecordMoved: if its record was written to since
    """
    found = conflicts([proposal_id]).get(proposal_id)
    if found == CONFLICT:
        raise Conflicting(CONFLICT.text)
    if found == MOVED:
        raise RecordMoved(MOVED.text)
