"""Answers that never came, while people go on editing: what happened is settled by proof."""

import pytest

from approvals.models import Proposal
from audit.models import Entry
from orchestrator.commits.models import Commit
from orchestrator.connectors.registry import connector_for
from orchestrator.connectors.salesforce import guard_check, stamps
from orchestrator.connectors.salesforce.connector import SalesforceConnector
from orchestrator.connectors.salesforce.markers import MARKER_OBJECT
from orchestrator.orgs.models import Org
from tests.factories import create_draft
from tests.races.scene import (
    AHEAD,
    approve_drafts,
    approve_each,
    change_of,
    died_of,
    drain,
    fork,
    seed_deals,
    sweep,
    sweep_until_settled,
    writes,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
    pytest.mark.req("E1"),
]


@pytest.fixture(autouse=True)
def checked(workflow):
    """The org has passed today's check of its guards: the first call to go wrong is the write."""
    connector = connector_for(Org.objects.get())
    assert isinstance(connector, SalesforceConnector)
    for answer in (guard_check.HONOURED, guard_check.UNDOES):
        connector.guards.remember(answer, yes=True)


@pytest.fixture
def stampless(monkeypatch):
    """An org whose records have no room for stamps."""
    monkeypatch.setattr(stamps, "STAMP_FIELD", "Not_Deployed__c")


def stage_of(simulator, deal) -> str:
    return str(simulator.record("Opportunity", deal)["StageName"])


def settle() -> None:
    """Take over from the worker, then read back once the write's time-out has passed."""
    sweep(AHEAD)
    sweep(2 * AHEAD)


def only_commit() -> Commit:
    return Commit.objects.get()


def lose_the_answer() -> None:
    """Let a worker of its own send the write; what it hears is for the simulator to decide."""
    assert died_of(fork(drain)) == 0
    assert only_commit().state == "unknown"


@pytest.mark.parametrize("kind", ["drop_after_commit", "fail_after_commit"])
def test_a_write_that_happened_stays_as_the_person_after_us_left_it(workflow, simulator, kind):
    [deal] = seed_deals(simulator, 1)
    start = simulator.last_effect()
    [proposal] = approve_each(workflow, [deal])
    simulator.fault(kind, path="/composite$")
    lose_the_answer()
    simulator.edit(deal, StageName="Negotiation")

    settle()

    assert (only_commit().state, Proposal.objects.get().state) == ("done", "committed")
    assert writes(simulator, start)[deal] == 1
    assert stage_of(simulator, deal) == "Negotiation"
    entry = Entry.objects.get(event="commit.settled", proposal_id=proposal)
    assert entry.detail["found"] == "written"
    assert "stamp" in entry.detail["text"]


def test_without_stamps_such_a_write_goes_to_a_person(workflow, simulator, stampless):
    [deal] = seed_deals(simulator, 1)
    approve_each(workflow, [deal])
    simulator.fault("drop_after_commit", path="/composite$")
    lose_the_answer()
    simulator.edit(deal, StageName="Negotiation")

    settle()

    commit = only_commit()
    assert (commit.state, commit.error_code) == ("unknown", "cannot_tell")
    assert commit.finished_at is not None
    assert stage_of(simulator, deal) == "Negotiation"


def test_a_write_that_never_happened_goes_back_to_people_with_the_edit(workflow, simulator):
    [deal] = seed_deals(simulator, 1)
    start = simulator.last_effect()
    [proposal] = approve_each(workflow, [deal])
    simulator.fault("drop_before_commit", path="/composite$")
    lose_the_answer()
    simulator.edit(deal, StageName="Negotiation")

    settle()
    assert only_commit().state == "queued"
    drain(2 * AHEAD)

    assert only_commit().state == "conflict"
    assert Proposal.objects.get().state == "in_review"
    assert writes(simulator, start)[deal] == 0
    assert stage_of(simulator, deal) == "Negotiation"
    entry = Entry.objects.get(event="commit.settled", proposal_id=proposal)
    assert entry.detail["found"] == "not_written"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "status": 500, "code": "UNKNOWN_EXCEPTION"},
        {"kind": "error", "status": 502, "code": ""},
        {"kind": "error", "status": 504, "code": ""},
        {"kind": "latency", "when": "after", "milliseconds": 1500},
        {"kind": "fail_after_commit"},
    ],
    ids=["500", "502", "504", "answer too late", "error after commit"],
)
def test_an_answer_that_says_nothing_is_settled_and_written_exactly_once(
    workflow, simulator, fault
):
    [deal] = seed_deals(simulator, 1)
    start = simulator.last_effect()
    approve_each(workflow, [deal])
    simulator.fault(path="/composite$", **fault)
    lose_the_answer()

    sweep_until_settled(AHEAD)

    assert (only_commit().state, only_commit().attempts) in {("done", 1), ("done", 2)}
    assert writes(simulator, start) == {deal: 1}


@pytest.mark.parametrize(
    ("kind", "state", "stages"),
    [
        ("drop_after_commit", "done", ["Negotiation", "Proposal"]),
        ("drop_before_commit", "conflict", ["Negotiation", "Prospecting"]),
    ],
)
def test_several_changes_are_settled_by_their_marker(workflow, simulator, kind, state, stages):
    deals = seed_deals(simulator, 2)
    draft = create_draft(changes=[change_of(deal, StageName="Proposal") for deal in deals])
    [proposal] = approve_drafts(workflow, [draft])
    simulator.fault(kind, path="/composite$")
    lose_the_answer()
    simulator.edit(deals[0], StageName="Negotiation")

    settle()
    drain(2 * AHEAD)

    assert only_commit().state == state
    assert [stage_of(simulator, deal) for deal in deals] == stages
    made = [one for one in simulator.effects() if one["object"] == MARKER_OBJECT]
    assert len(made) == (1 if state == "done" else 0)
    entry = Entry.objects.get(event="commit.settled", proposal_id=proposal)
    assert "marker" in entry.detail["text"]
