"""One commit's life, against a CRM in memory."""

import pytest

from approvals.models import Proposal
from orchestrator.commits import engine
from orchestrator.commits.models import Commit
from tests.factories import AT, OPPORTUNITY, create_proposal

pytestmark = pytest.mark.django_db(transaction=True)


def test_smoke(crm):
    key = crm.add("Opportunity", OPPORTUNITY, StageName="Prospecting", Amount=1000, Name="Deal")
    proposal = create_proposal(state="approved")
    commit = Commit.objects.get()
    n = engine.drain(org_id=commit.org_id, at_clock=lambda: AT)
    commit.refresh_from_db()
    print(n, commit.state, commit.error_text, commit.before, commit.after, commit.inverse)
    assert crm.records[key]["StageName"] == "Qualification"
    assert Proposal.objects.get().state == "committed"
