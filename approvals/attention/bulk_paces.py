"""How quickly the items of a bulk decision were approved: each its share of the whole."""

from django.db import connection

from approvals.models import BulkDecision
from approvals.states import Vote

# A decision names its bulk decision in the ledger; here the item and its digest say the same.
KEEP = """
INSERT INTO approvals_pace
  (decision_id, person_id, workflow_id, at, bulk_id, took, least, takes, too_fast)
SELECT d.id, d.person_id, v.workflow_id, d.at, b.id, b.took / b.total, b.least / b.total,
  b.takes / b.total, b.took / b.total < b.least / b.total
FROM approvals_bulkdecision b
JOIN approvals_bulkitem i ON i.bulk_id = b.id AND i.state = 'decided'
JOIN approvals_revision r ON r.proposal_id = i.proposal_id AND r.digest = i.digest
JOIN approvals_decision d ON d.revision_id = r.id AND d.person_id = b.person_id
JOIN approvals_review v ON v.id = d.review_id
WHERE b.id = %s AND b.took IS NOT NULL AND d.at = i.decided_at
ON CONFLICT (decision_id) DO NOTHING
"""


def keep_paces(bulk: BulkDecision) -> int:
    """Keep the pace of everything that was approved in it, in one statement; return how many."""
    if bulk.vote != Vote.APPROVE or bulk.took is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [bulk.pk])
        return int(cursor.rowcount)
