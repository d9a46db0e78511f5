"""Somebody edits a record between our write and our look at it: what they typed is not ours."""

import pytest

from audit.models import Entry
from orchestrator.commits.models import Commit
from tests.races.scene import AHEAD, approve_each, died_of, drain, fork, seed_deals, sweep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("E1")]


@pytest.fixture
def edited(workflow, simulator):
    """A change that was written by a worker that died, and edited before anybody read it back."""
    [deal] = seed_deals(simulator, 1)
    approve_each(workflow, [deal], "Qualification")
    died_of(fork(drain, fault_point="after_recording"))
    simulator.edit(deal, StageName="Negotiation")
    sweep(AHEAD)
    return Commit.objects.get(state="done")


def test_the_ledger_keeps_what_we_wrote_and_says_that_it_reads_otherwise(edited):
    entry = Entry.objects.get(event="record.changed")
    assert entry.detail["fields"]["StageName"] == {"old": "Prospecting", "new": "Qualification"}
    assert entry.detail["after_differs"]
    [difference] = Entry.objects.get(event="commit.done").detail["differences"]
    assert (difference["wanted"], difference["found"]) == ("Qualification", "Negotiation")


def test_taking_it_back_expects_what_we_wrote_and_not_what_they_typed(edited):
    [step] = edited.inverse
    assert step["expect"]["StageName"] == "Qualification"
    assert step["fields"]["StageName"] == "Prospecting"
    assert edited.after[0]["values"]["StageName"] == "Negotiation"
