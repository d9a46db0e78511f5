"""A simulated org with approved changes, and workers that are real processes of their own."""

import datetime as dt
import itertools
import os
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

from approvals import decisions, preparation, submission
from approvals.content import DraftChange
from approvals.models import Proposal
from approvals.requesters import agent_requester
from orchestrator.commits import engine, settlement
from orchestrator.commits.models import Commit
from orchestrator.connectors.salesforce import guard_check
from orchestrator.connectors.salesforce.connector import connector_for
from orchestrator.connectors.salesforce.markers import MARKER_OBJECT
from orchestrator.kernel import clock, faultpoints
from orchestrator.orgs.models import Org, SignIn
from orchestrator.workflows.models import Workflow
from tests.factories import (
    create_draft,
    create_granted_agent,
    create_org,
    create_workflow,
    get_user,
)
from tests.simulated_org import SimulatedOrg

PATIENCE_SECONDS = 60
# Far enough for every time-out to have passed; nothing is on the wire when a test skips ahead.
AHEAD = dt.timedelta(minutes=2)


def connect(simulator: SimulatedOrg) -> Workflow:
    """Return a workflow in an org that leads to the simulator."""
    create_org()
    Org.objects.update(
        base_url=simulator.url,
        sign_in=SignIn.CLIENT_CREDENTIALS,
        client_id=simulator.client_id,
        secret="",
    )
    org = Org.objects.get()
    org.secret = simulator.client_secret
    org.save()
    # It has passed today's check, so that what strikes the next call strikes a write.
    for answer in (guard_check.HONOURED, guard_check.UNDOES):
        connector_for(org).guards.remember(answer, yes=True)
    workflow = create_workflow(org=org)
    create_granted_agent(workflow=workflow, slug="hygiene-agent")
    return workflow


def seed_deals(simulator: SimulatedOrg, count: int, *, per_account: int = 5) -> list[str]:
    """Empty the org and give it opportunities; return their ids."""
    accounts = count // per_account + 1
    records: list[dict[str, Any]] = [
        {"object": "Account", "key": f"acc-{n}", "fields": {"Name": f"Account {n}"}}
        for n in range(accounts)
    ]
    records += [
        {
            "object": "Opportunity",
            "key": f"deal-{n}",
            "fields": {
                "Name": f"Deal {n}",
                "AccountId": f"@acc-{n % accounts}",
                "StageName": "Prospecting",
                "CloseDate": "2026-12-31",
                "Amount": 1000,
            },
        }
        for n in range(count)
    ]
    ids = simulator.reset(records)
    return [ids[f"deal-{n}"] for n in range(count)]


def approve_each(
    workflow: Workflow, record_ids: Sequence[str], stage: str = "Qualification"
) -> list[str]:
    """Bring one change of each record through submission, preparation and approval."""
    drafts = [
        create_draft(record_id=record_id, fields={"StageName": stage}) for record_id in record_ids
    ]
    return approve_drafts(workflow, drafts)


def approve_drafts(workflow: Workflow, drafts: Sequence[Any]) -> list[str]:
    """Bring drafts through submission, preparation and approval; return the proposals' ids."""
    requester = agent_requester(workflow.grants.select_related("agent__owner")[0].agent)
    made = [
        submission.submit(
            draft=draft,
            requester=requester,
            idempotency_key=f"race-{time.time_ns()}-{number}",
            at=clock.now(),
        ).proposal.pk
        for number, draft in enumerate(drafts)
    ]
    while preparation.prepare_due(limit=200, at=clock.now()):
        continue
    ben = get_user("ben")
    for proposal in Proposal.objects.filter(pk__in=made):
        assert proposal.state == "in_review", proposal.outcome_text
        decisions.decide(
            proposal_id=proposal.pk,
            person=ben,
            vote="approve",
            digest=proposal.digest,
            reason_code="",
            text="",
            at=clock.now(),
            authenticated_at=clock.now(),
        )
    return made


def change_of(record_id: str, **fields: Any) -> DraftChange:
    """Return an update of an opportunity."""
    return DraftChange(
        operation="update", object_name="Opportunity", record_id=record_id, fields=fields
    )


def drain(ahead: dt.timedelta = dt.timedelta()) -> int:
    """Commit what is due, as a worker does, now or some time ahead."""
    return engine.drain(org_id=Org.objects.get().pk, at_clock=lambda: clock.now() + ahead)


def sweep(ahead: dt.timedelta = dt.timedelta()) -> int:
    """Settle what is stale, as the sweep does, now or some time ahead."""
    return settlement.settle_stale(at=clock.now() + ahead)


def fork(work: Callable[[], object], *, fault_point: str = "") -> int:
    """Run `work` in a process of its own, which may be armed to die at a point; return its id."""
    # A connection must not be shared: the child's end of it would end the parent's.
    connections.close_all()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        faultpoints.arm(fault_point)
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - the child must never return into the test runner
        traceback.print_exc()
    finally:
        os._exit(status)


def died_of(child: int) -> int:
    """Wait for a process; return the signal that killed it, 0 for a good end, or fail."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "The worker failed."
            return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError("The worker did not end in time.")


def eventually(met: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Poll until a condition is met, or fail."""
    ends = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < ends, "It did not happen in time."
        time.sleep(0.01)


def sweep_until_settled(ahead: dt.timedelta = dt.timedelta()) -> None:
    """
    Run the sweeps and a worker until no commit is on its way.

    `ahead` skips waiting times: the clock goes on by so much with every look.
    """
    looks = itertools.count(1)

    def settled() -> bool:
        moment = next(looks) * ahead
        sweep(moment)
        drain(moment)
        on_its_way = ["queued", "claimed", "written", "unknown"]
        return not Commit.objects.filter(state__in=on_its_way, finished_at=None).exists()

    eventually(settled)


def writes(simulator: SimulatedOrg, after: int = 0) -> Counter[str]:
    """Count what the integration user did to each record, by the org's own log; no markers."""
    ours = simulator.user("integration")
    return Counter(
        effect["id"]
        for effect in simulator.effects(after=after)
        if effect["user"] == ours
        and effect["operation"] != "email"
        and effect["object"] != MARKER_OBJECT
    )
