"""A worker dies after some commits of its batch are through: nobody is left to let go for them."""

import signal

import pytest
from django.db import connection, transaction

from approvals import decisions, preparation
from approvals.models import Proposal
from orchestrator.commits import holds
from orchestrator.commits.models import Commit, Hold
from orchestrator.kernel import clock
from tests.factories import get_user
from tests.races.scene import (
    AHEAD,
    approve_each,
    died_of,
    drain,
    fork,
    seed_deals,
    sweep_until_settled,
    writes,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("E1")]


def approve_again(proposal_id: str) -> None:
    while preparation.prepare_due(limit=200, at=clock.now()):
        continue
    proposal = Proposal.objects.get(pk=proposal_id)
    decisions.decide(
        proposal_id=proposal.pk,
        person=get_user("ben"),
        vote="approve",
        digest=proposal.digest,
        reason_code="",
        text="",
        at=clock.now(),
        authenticated_at=clock.now(),
    )


def test_a_record_that_moved_is_free_again_although_its_worker_died(workflow, simulator):
    moved, other = seed_deals(simulator, 2)
    returned, _ = approve_each(workflow, [moved, other])
    simulator.edit(moved, StageName="Negotiation")
    start = simulator.last_effect()

    assert died_of(fork(drain, fault_point="after_rereading")) == signal.SIGKILL
    sweep_until_settled(AHEAD)
    assert not Hold.objects.exists()
    approve_again(returned)
    sweep_until_settled(2 * AHEAD)

    assert writes(simulator, start) == {moved: 1, other: 1}


def test_what_goes_back_to_the_queue_is_not_held_by_itself_although_its_worker_died(
    workflow, simulator
):
    locked, other = seed_deals(simulator, 2)
    approve_each(workflow, [locked, other])
    simulator.fault("lock_row", record_id=locked)
    start = simulator.last_effect()

    assert died_of(fork(drain, fault_point="after_recording")) == signal.SIGKILL
    assert Commit.objects.filter(state="queued").exists()
    sweep_until_settled(AHEAD)

    assert writes(simulator, start) == {locked: 1, other: 1}
    assert not Hold.objects.exists()


def test_what_a_batch_in_flight_still_needs_stays_held(workflow, simulator):
    first, second = seed_deals(simulator, 2, per_account=3)
    approve_each(workflow, [first, second])
    died_of(fork(drain, fault_point="after_announcing"))
    keys = set(Hold.objects.values_list("key", flat=True))
    # As if the owner of the shared account had been through already, and its sibling had not.
    owner = Hold.objects.get(key__startswith="Account/").commit_id
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE commits_commit SET state = 'conflict' WHERE id = %s", [owner])

    holds.release_left()

    left = set(Hold.objects.values_list("key", flat=True))
    gone = keys - left
    assert {key.split("/")[0] for key in gone} == {"Opportunity"}
    assert len(gone) == 1
