"""What would happen, with nothing stored."""

import pytest

from approvals import preflight as preflights
from approvals.models import Proposal
from approvals.problems import InvalidProposal, NotGranted
from approvals.requesters import agent_requester
from orchestrator.connectors.errors import Transient
from tests.factories import (
    AT,
    create_agent,
    create_draft,
    create_grant,
    create_granted_agent,
    create_workflow,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(crm, record):
    return create_granted_agent(workflow=create_workflow())


def preflight(agent, **changes):
    return preflights.preflight(
        draft=create_draft(**changes), requester=agent_requester(agent), at=AT
    )


class TestPreflight:
    def test_judges_with_the_record_and_stores_nothing(self, crm, record, agent):
        crm.edit(record, Amount=90000.0)

        found = preflight(agent)

        assert found["outcome"] == "review"
        assert [stage["role"] for stage in found["stages"]] == ["deal-desk", "ae-manager"]
        assert found["changes"][0]["fields"] == {
            "StageName": {"old": "Prospecting", "new": "Qualification"}
        }
        assert not Proposal.objects.exists()

    def test_says_what_would_be_refused(self, crm, record, agent):
        found = preflight(agent, fields={"StageName": "Closed Won"})

        assert found["outcome"] == "refuse"
        assert "value_not_allowed" in [finding["code"] for finding in found["findings"]]

    def test_shows_nothing_of_a_record_outside_the_grants(self, crm, record, agent):
        narrow = create_agent()
        create_grant(
            agent=narrow, workflow=create_workflow(), record_filter="record.Amount < 1000.0"
        )

        found = preflight(narrow)

        assert found["outcome"] == "refuse"
        assert found["changes"][0]["label"] == ""
        assert found["changes"][0]["fields"]["StageName"]["old"] is None

    def test_refuses_like_a_submission(self, crm, record, agent):
        with pytest.raises(InvalidProposal):
            preflight(agent, reason_code="mood")
        with pytest.raises(NotGranted):
            preflight(create_agent())

    def test_passes_on_that_the_crm_is_down(self, crm, record, agent):
        crm.fail_reads = Transient("down")

        with pytest.raises(Transient):
            preflight(agent)
