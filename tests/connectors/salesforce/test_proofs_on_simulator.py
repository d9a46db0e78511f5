"""What an administrator is told about an org that has everything."""

import pytest

from orchestrator.connectors import proofs
from tests.connectors.salesforce.live import connect
from tests.fake_connector import FakeCrm

pytestmark = pytest.mark.req("H4")


class TestLines:
    def test_name_every_object_that_has_the_fields(self, simulator):
        assert list(proofs.lines(connect(simulator))) == [
            "Stamps (fields Countersign_Commit_Id__c): found on "
            "Account, Contact, Opportunity, Lead, Case, Task.",
            "Creates (fields Countersign_Id__c): found on "
            "Account, Contact, Opportunity, Lead, Case, Task.",
            "Markers (object Countersign_Commit__c): found.",
        ]

    def test_name_what_is_missing_and_where_to_read_on(self):
        stamps, creates, markers = proofs.lines(FakeCrm())
        assert "missing on Account, Opportunity, Lead, Task, see docs/salesforce" in stamps
        assert "found on no object" in creates
        assert "not found" in markers
