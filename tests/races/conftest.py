"""What the races share: a simulator for the session, an org that leads to it, short timeouts."""

from collections.abc import Iterator

import pytest

from orchestrator.commits import waking
from orchestrator.workflows.models import Workflow
from tests.races import scene
from tests.simulated_org import SimulatedOrg, running_simulator


@pytest.fixture(scope="session")
def race_simulator() -> Iterator[SimulatedOrg]:
    """One simulator for all races."""
    with running_simulator() as running:
        yield running


@pytest.fixture
def simulator(race_simulator: SimulatedOrg) -> Iterator[SimulatedOrg]:
    """The simulator without faults of earlier tests."""
    race_simulator.clear_faults()
    yield race_simulator
    race_simulator.clear_faults()


@pytest.fixture
def workflow(
    transactional_db: None,
    simulator: SimulatedOrg,
    settings: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Workflow:
    """The standard workflow on the simulated org; nothing but the test wakes a worker."""
    quick = {"crm_timeout_seconds": 1.0, "stale_commit_seconds": 0.05}
    settings.COUNTERSIGN = {**settings.COUNTERSIGN, **quick}  # type: ignore[attr-defined]  # pytest-django's wrapper
    monkeypatch.setattr(waking, "_send", None)
    return scene.connect(simulator)
