"""What the tests of the Salesforce connector share."""

import pytest

from orchestrator.connectors.salesforce.client import Client
from orchestrator.connectors.salesforce.session import OrgSession
from orchestrator.connectors.salesforce.tokens import TokenProvider
from tests.connectors.scripted_org import ScriptedOrg, scripted_org


@pytest.fixture
def org():
    with scripted_org() as running:
        yield running


@pytest.fixture
def short_timeouts(settings):
    settings.COUNTERSIGN = {**settings.COUNTERSIGN, "crm_timeout_seconds": 0.3}


def make_client(org: ScriptedOrg) -> Client:
    session = OrgSession(org.address)
    tokens = TokenProvider(credentials=org.credentials(), session=session)
    return Client(address=org.address, api_version="64.0", session=session, tokens=tokens)
