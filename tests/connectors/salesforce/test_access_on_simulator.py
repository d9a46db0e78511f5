"""One cheap call that says whether an org lets us in, and how much of the day is left."""

import pytest

from orchestrator.connectors.errors import QuotaExceeded, Transient, Unauthorised
from tests.connectors.salesforce.live import connect, read, seed_deals

pytestmark = pytest.mark.req("E2")


@pytest.fixture
def deal(simulator):
    return seed_deals(simulator, 1)[0]


@pytest.fixture
def connector(simulator, deal):
    return connect(simulator)


@pytest.fixture(autouse=True)
def _no_faults(simulator):
    yield
    simulator.clear_faults()
    simulator.control("POST", "limits", json={"used": 0, "allowed": 100_000})


def calls(simulator):
    return dict(simulator.stats()["calls"])


class TestCheckAccess:
    def test_is_one_call_that_tells_the_allowance(self, simulator, connector, deal):
        read(connector, deal)
        simulator.control("POST", "limits", json={"used": 90, "allowed": 100})
        before = sum(calls(simulator).values())

        usage = connector.check_access()

        assert (usage.used, usage.allowed) == (91, 100)
        assert sum(calls(simulator).values()) - before == 1

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("unavailable", Transient),
            ("limit_total", QuotaExceeded),
            ("limit_concurrent", Transient),
            ("expired", Unauthorised),
        ],
    )
    def test_fails_by_its_right_name(self, simulator, connector, kind, expected):
        simulator.fault(kind, path="/limits", times=None)

        with pytest.raises(expected):
            connector.check_access()

    def test_says_that_the_sign_in_is_refused(self, simulator, deal):
        with pytest.raises(Unauthorised):
            connect(simulator, secret="wrong").check_access()

    def test_who_may_not_read_the_limits_is_signed_in_all_the_same(self, simulator, connector):
        simulator.fault("error", path="/limits", code="FUNCTIONALITY_NOT_ENABLED", status=403)

        # No answer told the allowance, and an older one would say nothing about now.
        assert connector.check_access() is None
