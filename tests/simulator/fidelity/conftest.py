"""One simulated org for each client, emptied before each test."""

from collections.abc import Iterator

import pytest

from tests.simulated_org import SimulatedOrg, running_simulator
from tests.simulator.fidelity import jsforce


@pytest.fixture(scope="module")
def simulator() -> Iterator[SimulatedOrg]:
    with running_simulator() as org:
        yield org


@pytest.fixture
def org(simulator: SimulatedOrg) -> SimulatedOrg:
    simulator.reset()
    return simulator


@pytest.fixture(scope="module")
def driver(simulator: SimulatedOrg) -> Iterator[jsforce.Jsforce]:
    reason = jsforce.missing()
    if reason is not None:
        pytest.skip(reason)
    running = jsforce.Jsforce(simulator.url)
    try:
        running.do(
            "clientCredentials",
            clientId=simulator.client_id,
            clientSecret=simulator.client_secret,
        )
        yield running
    finally:
        running.stop()


@pytest.fixture
def js(driver: jsforce.Jsforce, org: SimulatedOrg) -> jsforce.Jsforce:
    return driver
