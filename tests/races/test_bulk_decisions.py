"""A bulk decision survives its workers, and several of them share it."""

import os
import signal

import pytest
from django.db import connections

from approvals import bulk_casting, bulk_decisions, preparation, submission
from approvals.eligibility import Chosen
from approvals.models import BulkItem, Decision, Proposal
from approvals.requesters import agent_requester
from orchestrator.kernel import clock
from tests.factories import create_draft, get_user
from tests.races.scene import connect, died_of, fork, seed_deals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("A6")]
ITEMS = 12


@pytest.fixture
def bulk(simulator):
    """Return a bulk approval of a dozen changes that nobody has begun yet."""
    workflow = connect(simulator)
    requester = agent_requester(workflow.grants.select_related("agent__owner")[0].agent)
    for number, record_id in enumerate(seed_deals(simulator, ITEMS)):
        submission.submit(
            draft=create_draft(record_id=record_id),
            requester=requester,
            idempotency_key=f"bulk-{number}",
            at=clock.now(),
        )
    while preparation.prepare_due(limit=200, at=clock.now()):
        continue
    return bulk_decisions.start(
        person=get_user("ben"),
        vote="approve",
        chosen=[Chosen(each.pk, each.digest) for each in Proposal.objects.all()],
        key="race",
        at=clock.now(),
    )


def run():
    return bulk_casting.run_due(at_clock=clock.now)


def decided(bulk):
    return BulkItem.objects.filter(bulk=bulk, state="decided").count()


def test_goes_on_after_a_worker_was_killed_in_the_middle_of_an_item(bulk):
    for _ in range(3):
        assert died_of(fork(run, fault_point="inside_bulk_item")) == signal.SIGKILL
        # The item that was under way: neither its vote nor its mark stands.
        assert decided(bulk) == Decision.objects.count() == 0

    assert died_of(fork(run)) == 0

    bulk.refresh_from_db()
    assert (bulk.state, decided(bulk), Decision.objects.count()) == ("finished", ITEMS, ITEMS)


def test_is_shared_by_several_workers_without_a_vote_too_many(bulk):
    children = [fork(run) for _ in range(4)]

    assert [died_of(child) for child in children] == [0, 0, 0, 0]

    bulk.refresh_from_db()
    assert bulk.state == "finished"
    assert decided(bulk) == Decision.objects.count() == ITEMS


def test_a_killed_worker_leaves_its_decided_items_decided(bulk):
    child = fork(run)
    while decided(bulk) < 1 and os.waitpid(child, os.WNOHANG) == (0, 0):
        connections.close_all()
    if decided(bulk) < ITEMS:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    before = decided(bulk)
    assert before == Decision.objects.count()
    run()
    assert decided(bulk) == Decision.objects.count() == ITEMS
