"""How the tests hand in a draft."""

from approvals import submission
from approvals.content import DraftChange
from tests.factories import (
    AT,
    OPPORTUNITY,
    create_draft,
)

SHORT_ID = OPPORTUNITY[:15]


def submit(requester, *, key="key-1", at=AT, draft=None, **changes):
    return submission.submit(
        draft=draft or create_draft(**changes), requester=requester, idempotency_key=key, at=at
    )


def change(**values):
    given = {
        "operation": "update",
        "object_name": "Opportunity",
        "record_id": OPPORTUNITY,
        "fields": {"StageName": "Proposal"},
    }
    return DraftChange(**{**given, **values})
