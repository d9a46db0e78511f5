"""A write that arrives after it was taken for lost."""

import datetime as dt

import pytest

from audit import queries as ledger
from orchestrator.commits.models import Hold
from orchestrator.connectors.errors import OutcomeUnknown
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle, state_of

pytestmark = pytest.mark.django_db
LATER = SOON + dt.timedelta(minutes=5)
MUCH_LATER = LATER + dt.timedelta(minutes=5)


@pytest.fixture
def lost(crm):
    """Return a proposal whose write was given up for lost, and its record."""
    crm.stamping = True
    key = opportunity(crm)
    proposal = approve(key)
    crm.fail_writes = OutcomeUnknown("No answer.")
    drain()
    assert state_of(proposal) == "outcome_unknown"
    settle(LATER)
    assert state_of(proposal) == "approved"
    crm.fail_writes = None
    return proposal, key


def arrive(crm, proposal, key):
    """Let the lost write reach the record after all."""
    crm.edit(key, StageName="Qualification")
    crm.stamps[key] = (crm.at, crm.at, crm.writer_id)
    crm.stamp_of[key] = commit_of(proposal).pk


def test_is_taken_as_written_and_not_sent_again(crm, lost):
    proposal, key = lost
    arrive(crm, proposal, key)
    sent = len(crm.writes)

    drain(at=MUCH_LATER)

    assert state_of(proposal) == "committed"
    assert len(crm.writes) == sent
    assert not Hold.objects.exists()


def test_is_known_by_its_stamp_though_somebody_has_edited_the_record_since(crm, lost):
    proposal, key = lost
    arrive(crm, proposal, key)
    crm.edit(key, StageName="Negotiation")
    sent = len(crm.writes)

    drain(at=MUCH_LATER)

    assert state_of(proposal) == "committed"
    assert len(crm.writes) == sent
    assert crm.records[key]["StageName"] == "Negotiation"
    done = [line for line in ledger.timeline(proposal.pk) if line.event == "commit.done"]
    assert "nothing was sent again" in str(done[0].detail)


def test_without_a_stamp_an_edit_since_goes_to_people(crm):
    key = opportunity(crm)
    proposal = approve(key)
    crm.fail_writes = OutcomeUnknown("No answer.")
    drain()
    settle(LATER)
    crm.fail_writes = None
    crm.edit(key, StageName="Negotiation")

    drain(at=MUCH_LATER)

    assert state_of(proposal) == "in_review"
    assert crm.records[key]["StageName"] == "Negotiation"
