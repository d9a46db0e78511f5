"""The systems of record of the contract tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.connectors.base import RecordKey
from orchestrator.connectors.control.connector import ControlConnector
from orchestrator.workflows.models import Workflow
from tests.connectors.salesforce import live
from tests.connectors.systems import System
from tests.registry_factories import create_workflow
from tests.simulated_org import SimulatedOrg, running_simulator


@pytest.fixture(scope="session")
def simulator() -> Iterator[SimulatedOrg]:
    """Run one simulated org for all tests of connectors; each of them seeds it anew."""
    with running_simulator() as running:
        yield running


@pytest.fixture(params=["control", "salesforce"])
def system(request: pytest.FixtureRequest) -> Any:
    """Return one system of record after the other."""
    return request.getfixturevalue(f"{request.param}_system")


@pytest.fixture
def salesforce_system(simulator: SimulatedOrg) -> System:
    """Return a simulated org with three opportunities."""
    keys = live.seed_deals(simulator, 3)
    return System(
        connector=live.connect(simulator),
        keys=keys,
        field="NextStep",
        value="Call",
        bad_value={"CloseDate": "next week"},
        missing=RecordKey("Opportunity", "006000000000001AAA"),
        edit_elsewhere=lambda key: live.somebody_edits(simulator, key),
        labels=["Deal 0", "Deal 1", "Deal 2"],
    )


@pytest.fixture
def control_system(db: None) -> System:
    """Return our own configuration with three workflows in observe mode."""
    slugs = ["deal-hygiene", "lead-hygiene", "renewals"]
    rows = [create_workflow(slug=slug, mode="observe") for slug in slugs]
    return System(
        connector=ControlConnector(),
        keys=[RecordKey("Workflow", slug) for slug in slugs],
        field="mode",
        value="propose",
        bad_value={"mode": "full-throttle"},
        missing=RecordKey("Workflow", "no-such-workflow"),
        edit_elsewhere=lambda key: _lift(key.record_id),
        labels=[row.title for row in rows],
    )


def _lift(slug: str) -> None:
    Workflow.objects.filter(slug=slug).update(mode="execute")
