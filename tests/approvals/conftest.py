"""What the tests of approvals share: a CRM with the record that the standard draft changes."""

import pytest

from orchestrator.connectors.base import RecordKey
from tests.factories import OPPORTUNITY
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
