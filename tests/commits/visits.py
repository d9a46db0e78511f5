"""What the tests of the pages of failures share: failures."""

from orchestrator.commits.models import Commit
from orchestrator.connectors.errors import NotPermitted
from tests.commits.scene import drain, opportunity
from tests.factories import create_draft, create_proposal


def fail(crm, *numbers: int, error=None, **draft) -> list[Commit]:
    """Have changes approved and refused by the CRM; return every failed commit."""
    keys = [opportunity(crm, number) for number in numbers]
    for key in keys:
        approved = create_draft(record_id=key.record_id, **draft)
        create_proposal(state="approved", draft=approved)
    crm.fail_writes = error or NotPermitted(
        "insufficient access rights on object id", crm_code="INSUFFICIENT_ACCESS_OR_READONLY"
    )
    drain()
    crm.fail_writes = None
    return list(Commit.objects.filter(state="failed").order_by("pk"))
