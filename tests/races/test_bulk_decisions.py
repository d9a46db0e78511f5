"""A bulk decision survives its workers, and several of them share it."""

import os
import signal
from functools import partial

import pytest
from django.db import connections

from approvals import bulk_casting, bulk_decisions, preparation, submission
from approvals.eligibility import Chosen
from approvals.models import BulkDecision, BulkItem, Decision, Proposal
from approvals.requesters import agent_requester
from audit.models import Entry
from orchestrator.kernel import clock
from tests.factories import create_draft, get_user
from tests.pages import signed_in
from tests.races.scene import connect, died_of, eventually, fork, seed_deals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("A6")]
ITEMS, MANY = 12, 300


@pytest.fixture
def bulk(simulator):
    """Return a bulk approval of a dozen changes that nobody has begun yet."""
    return start(waiting(simulator, ITEMS))


@pytest.fixture
def many(simulator):
    """Return three hundred changes that wait for one person."""
    return waiting(simulator, MANY)


def waiting(simulator, count):
    workflow = connect(simulator)
    requester = agent_requester(workflow.grants.select_related("agent__owner")[0].agent)
    for number, record_id in enumerate(seed_deals(simulator, count)):
        submission.submit(
            draft=create_draft(record_id=record_id),
            requester=requester,
            idempotency_key=f"bulk-{number}",
            at=clock.now(),
        )
    while preparation.prepare_due(limit=200, at=clock.now()):
        continue
    return [Chosen(each.pk, each.digest) for each in Proposal.objects.order_by("pk")]


def start(chosen):
    return bulk_decisions.start(
        person=get_user("ben"), vote="approve", chosen=chosen, key="race", at=clock.now()
    )


def send(chosen):
    """Send the form, as a browser does that may well send it again."""
    tokens = " ".join("~".join(each) for each in chosen)
    form = {"vote": "approve", "chosen": tokens, "key": "race"}
    answer = signed_in("ben").post("/bulk-decisions/", form)
    assert answer.status_code == 302, answer.content.decode()


def run():
    return bulk_casting.run_due(at_clock=clock.now)


def run_on():
    """Run again and again until nothing is left, as the sweep does."""
    while run():
        continue


def decided(bulk):
    return BulkItem.objects.filter(bulk=bulk, state="decided").count()


def has_decided(bulk, share):
    return decided(bulk) >= share


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


def test_of_hundreds_survives_the_end_of_the_web_process_and_of_its_workers(many):
    assert died_of(fork(partial(send, many), fault_point="inside_bulk_start")) == signal.SIGKILL
    assert not BulkDecision.objects.exists()
    # Sent again, and answered; then once more by somebody who never saw the answer.
    assert died_of(fork(partial(send, many))) == 0
    assert died_of(fork(partial(send, many))) == 0
    bulk = BulkDecision.objects.get()

    for share in (MANY // 10, MANY // 3):
        child = fork(run_on)
        eventually(partial(has_decided, bulk, share))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        # What was under way is either whole or has left nothing.
        assert decided(bulk) == Decision.objects.count() < MANY
    run_on()

    bulk.refresh_from_db()
    assert (bulk.state, decided(bulk), Decision.objects.count()) == ("finished", MANY, MANY)
    votes = Entry.objects.filter(event="review.voted", detail__bulk=bulk.pk)
    assert votes.values("proposal_id").distinct().count() == votes.count() == MANY
