"""What the tests of approvals share: a CRM with the record that the standard draft changes."""

import pytest

from approvals.requesters import agent_requester
from orchestrator.connectors.base import RecordKey
from tests.approvals.deciding import ACCOUNT
from tests.factories import OPPORTUNITY, create_granted_agent, create_proposal, create_workflow
from tests.fake_connector import FakeCrm


@pytest.fixture
def record(crm: FakeCrm) -> RecordKey:
    """Return the key of an open opportunity of a small amount."""
    return crm.add(
        "Opportunity",
        OPPORTUNITY,
        Name="Northwind renewal",
        AccountId="001000000000001AAA",
        StageName="Prospecting",
        Amount=20000.0,
        CloseDate="2026-12-15",
        NextStep="Call",
    )


@pytest.fixture
def requester(crm):
    return agent_requester(create_granted_agent(workflow=create_workflow(), slug="hygiene-agent"))


@pytest.fixture
def proposal(crm, record):
    return create_proposal()


@pytest.fixture
def large(crm, record):
    """Return a proposal that needs two stages: the deal desk, then an account manager."""
    crm.edit(record, Amount=90000.0)
    return create_proposal()


@pytest.fixture
def account(crm):
    return crm.add("Account", ACCOUNT, Name="Halden", Phone="1", Industry="Ships")
