"""What the tests of escalation share."""

import pytest

from approvals.models import Proposal
from tests.approvals.conftest import record
from tests.approvals.escalation.scene import escalating
from tests.approvals.views.conftest import signed_in
from tests.fake_connector import FakeCrm

__all__ = ["record", "signed_in"]


@pytest.fixture
def proposal(crm: FakeCrm, record: object) -> Proposal:
    """Return a proposal whose plan has every kind of step."""
    return escalating()
