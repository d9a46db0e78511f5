"""Failures that wait for a person."""

import datetime as dt

import pytest

from orchestrator.commits.models import Commit
from orchestrator.connectors.errors import OutcomeUnknown
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle
from tests.commits.visits import fail


@pytest.fixture
def dead_letter(crm) -> Commit:
    return fail(crm, 1)[0]


@pytest.fixture
def unclear(crm) -> Commit:
    key = opportunity(crm)
    proposal = approve(key)
    crm.fail_writes = OutcomeUnknown("No answer.")
    drain()
    crm.edit(key, StageName="Negotiation")
    settle(SOON + dt.timedelta(minutes=5))
    crm.fail_writes = None
    return commit_of(proposal)
