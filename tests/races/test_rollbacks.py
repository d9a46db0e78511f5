"""Rollbacks between real processes: killed workers, people who ask at once, records that move."""

import signal
from collections import Counter
from functools import partial

import pytest

from approvals import preparation, submission
from approvals.content import DraftChange
from approvals.models import Proposal
from approvals.requesters import agent_requester
from audit import queries as ledger
from orchestrator.commits.models import Commit, Hold, Reversal
from orchestrator.kernel import clock
from orchestrator.people.models import User
from orchestrator.rollbacks.models import Rollback
from orchestrator.rollbacks.previews import preview
from orchestrator.rollbacks.requesting import TakenBackAlready, Wish, request
from orchestrator.rollbacks.selection import Selection
from tests.factories import create_agent, create_draft, create_grant, create_workflow, vote_on
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
from tests.rollbacks.scene import rick
from tests.simulated_org import SimulatedOrg

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
POINTS = [
    "after_claim",
    "after_announcing",
    "before_sending",
    "after_answer",
    "before_recording_stands",
    "after_reading_back",
    "inside_closing",
    "after_closing",
]


LEADS = """
workflow: {slug}
title: Lead import
org: {org}
owner: {owner}
actions:
  import_leads:
    object: Lead
    operations: [create]
    fields: {{ LastName: {{}}, Company: {{}} }}
    policy: automatic
    reversible: {{ how: delete_created, also: [bulk_delete_plan] }}
"""


def wish(token: str, kind: str = "workflow", value: str = "deal-hygiene") -> Wish:
    """Look, and return the wish to take back what was seen."""
    seen = preview(selection=Selection(kind=kind, value=value), person=rick())
    return Wish(
        selection=seen.selection, ticked=(), seen=seen.seen, reason="Wrong list.", token=token
    )


def ask(token: str) -> Rollback:
    return request(wish=wish(token), person=rick(), at=clock.now())


def ask_for(workflow: str) -> Rollback:
    return request(wish=wish("once", value=workflow), person=rick(), at=clock.now())


def approve_parts() -> list[str]:
    """Have every open part prepared and approved by whoever may."""
    while preparation.prepare_due(at=clock.now()):
        continue
    parts = Proposal.objects.filter(purpose="rollback", state="in_review")
    return [vote_on(proposal=part, at=clock.now(), text="Yes.").pk for part in parts]


def states() -> Counter[tuple[str, str]]:
    return Counter(Proposal.objects.values_list("purpose", "state"))


@pytest.mark.req("D2", "E1")
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_while_it_takes_back_writes_everything_exactly_once(
    workflow, simulator, point
):
    deals = seed_deals(simulator, 4)
    approve_each(workflow, deals)
    drain()
    start = simulator.last_effect()
    ask("once")
    approve_parts()

    assert died_of(fork(drain, fault_point=point)) == signal.SIGKILL
    sweep_until_settled(AHEAD)

    assert writes(simulator, start) == Counter(deals)
    assert states() == {("change", "reverted"): 4, ("rollback", "committed"): 4}
    stages = {simulator.record("Opportunity", deal)["StageName"] for deal in deals}
    assert stages == {"Prospecting"}
    assert set(Reversal.objects.values_list("state", flat=True)) == {"done"}
    assert not Hold.objects.exists()


@pytest.mark.req("D1", "E1")
@pytest.mark.parametrize("point", ["before_sending", "after_answer", "inside_closing"])
def test_what_was_created_is_deleted_exactly_once_however_often_workers_die(
    workflow, simulator, point
):
    simulator.reset()
    create_leads(simulator, 3)
    start = simulator.last_effect()
    ask_for("lead-import")
    approve_parts()

    assert died_of(fork(drain, fault_point=point)) == signal.SIGKILL
    sweep_until_settled(AHEAD)

    effects = simulator.effects(after=start)
    gone = Counter(effect["id"] for effect in effects if effect["operation"] == "delete")
    assert sorted(gone.values()) == [1, 1, 1]
    assert states() == {("change", "reverted"): 1, ("rollback", "committed"): 1}


def create_leads(simulator: SimulatedOrg, count: int) -> str:
    """Have policy alone approve the creation of leads, and write them; return the proposal."""
    flow = create_workflow(slug="lead-import", source=LEADS, mode="execute")
    agent = create_agent(slug="importer")
    create_grant(
        agent=agent,
        workflow=flow,
        object_name="Lead",
        fields=["LastName", "Company"],
        operations=["create"],
    )
    changes = [
        DraftChange(
            operation="create",
            object_name="Lead",
            fields={"LastName": f"Lead {number}", "Company": "Beck and Sons"},
        )
        for number in range(count)
    ]
    made = submission.submit(
        draft=create_draft(workflow="lead-import", action="import_leads", changes=changes),
        requester=agent_requester(agent),
        idempotency_key="leads",
        at=clock.now(),
    ).proposal
    while preparation.prepare_due(at=clock.now()):
        continue
    drain()
    commit = Commit.objects.get(proposal=made)
    assert commit.state == "done", commit.error_text
    return str(made.pk)


@pytest.mark.req("D2")
def test_of_two_people_who_ask_at_once_one_is_told_that_somebody_was_faster(workflow, simulator):
    deals = seed_deals(simulator, 6)
    approve_each(workflow, deals)
    drain()
    wishes = [wish("first"), wish("second")]
    person = rick()

    def send(one: Wish) -> None:
        try:
            request(wish=one, person=User.objects.get(pk=person.pk), at=clock.now())
        except TakenBackAlready:
            return

    children = [fork(partial(send, one)) for one in wishes]

    assert [died_of(child) for child in children] == [0, 0]
    assert Rollback.objects.count() == 1
    assert Reversal.objects.count() == len(deals)
    assert Proposal.objects.filter(purpose="rollback").count() == len(deals)


@pytest.mark.req("D2")
def test_a_server_killed_while_somebody_asks_leaves_nothing_and_the_form_works_again(
    workflow, simulator
):
    deals = seed_deals(simulator, 3)
    approve_each(workflow, deals)
    drain()
    mine, person = wish("mine"), rick()

    def send() -> None:
        request(wish=mine, person=User.objects.get(pk=person.pk), at=clock.now())

    assert died_of(fork(send, fault_point="inside_rollback_request")) == signal.SIGKILL
    assert not Rollback.objects.exists()
    assert not Proposal.objects.filter(purpose="rollback").exists()

    send()
    send()

    assert Rollback.objects.count() == 1
    assert Proposal.objects.filter(purpose="rollback").count() == len(deals)


@pytest.mark.req("D2")
def test_a_deal_that_somebody_edits_after_the_approval_stays_and_the_others_go_back(
    workflow, simulator
):
    deals = seed_deals(simulator, 4)
    approve_each(workflow, deals)
    drain()
    ask("once")
    approve_parts()
    simulator.edit(deals[0], StageName="Proposal")

    sweep_until_settled(AHEAD)

    assert simulator.record("Opportunity", deals[0])["StageName"] == "Proposal"
    assert states() == {
        ("change", "reverted"): 3,
        ("change", "committed"): 1,
        ("rollback", "committed"): 3,
        ("rollback", "in_review"): 1,
    }


@pytest.mark.req("D1", "D2")
def test_of_two_workers_that_finish_parts_of_one_commit_at_once_the_last_marks_it(
    workflow, simulator, settings
):
    simulator.reset()
    original = create_leads(simulator, 20)
    ask_for("lead-import")
    assert len(approve_parts()) == 2
    settings.COUNTERSIGN = {**settings.COUNTERSIGN, "claim_size": 1}

    workers = [fork(drain), fork(drain)]

    assert [died_of(worker) for worker in workers] == [0, 0]
    sweep_until_settled(AHEAD)
    assert states() == {("change", "reverted"): 1, ("rollback", "committed"): 2}
    told = [line.event for line in ledger.timeline(original)]
    assert told.count("proposal.reverted") == 1
