"""Reconciliation over the wire: a simulated org in which a person and automation were at work."""

import datetime as dt
from collections.abc import Iterator

import pytest

from orchestrator.commits import waking
from orchestrator.kernel import clock
from orchestrator.orgs.models import Org
from orchestrator.reconciliation import running
from orchestrator.reconciliation.models import Finding
from tests.factories import SETUP
from tests.races import scene
from tests.simulated_org import SimulatedOrg, running_simulator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("D3")]
AN_HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def simulator() -> Iterator[SimulatedOrg]:
    with running_simulator() as started:
        yield started


@pytest.fixture
def deals(simulator: SimulatedOrg, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Five opportunities whose stage we wrote."""
    monkeypatch.setattr(waking, "_send", None)
    workflow = scene.connect(simulator)
    ids = scene.seed_deals(simulator, 5, per_account=1)
    scene.approve_each(workflow, ids)
    assert scene.drain() == 5
    simulator.clock(advance=5)
    return ids


def test_tells_people_automation_and_loss_apart(simulator, deals):
    taken_back, changed, touched, gone, left = deals
    simulator.edit(taken_back, StageName="Prospecting")
    simulator.edit(changed, StageName="Negotiation")
    simulator.touch(touched, StageName="Proposal")
    simulator.delete(gone)
    writes = simulator.last_effect()

    run = running.run_through(
        org=Org.objects.get(), by=SETUP, at_clock=lambda: clock.now() + AN_HOUR
    )

    found = {each.record_id: (each.kind, each.reverted_by_hand) for each in Finding.objects.all()}
    assert found == {
        taken_back: ("changed_by_person", True),
        changed: ("changed_by_person", False),
        touched: ("changed_by_automation", False),
        gone: ("missing", False),
    }
    assert (run.state, run.records_checked, run.records_as_written) == ("finished", 5, 1)
    assert left not in found
    assert simulator.last_effect() == writes
