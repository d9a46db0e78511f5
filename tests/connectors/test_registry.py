"""From an org to its connector."""

import multiprocessing

import pytest

from orchestrator.connectors.base import GuardedChange, LimitUsage, WriteUnit, needs_own_call
from orchestrator.connectors.control.connector import ControlConnector
from orchestrator.connectors.errors import Rejected
from orchestrator.connectors.registry import connector_for, limit_usage
from orchestrator.connectors.salesforce.connector import SalesforceConnector
from orchestrator.orgs.models import Org


def salesforce(address: str = "https://acme.my.salesforce.com") -> Org:
    """Return an org that nobody has asked yet."""
    return Org(
        pk=1, kind="salesforce", base_url=address, sign_in="client_credentials",
        client_id="client", secret="secret",
    )  # fmt: skip


class TestConnectorFor:
    def test_chooses_by_the_kind_of_org(self):
        assert isinstance(connector_for(salesforce()), SalesforceConnector)
        assert isinstance(connector_for(Org(kind="control")), ControlConnector)

    def test_refuses_a_kind_that_is_not_installed(self):
        with pytest.raises(Rejected, match="hubspot"):
            connector_for(Org(kind="hubspot"))

    def test_gives_a_child_process_connections_of_its_own(self):
        ours = connector_for(salesforce())
        pool = multiprocessing.get_context("fork").Pool(1)
        with pool:
            assert pool.apply(_has_the_same_connector, (id(ours),)) is False


class TestLimitUsage:
    def test_is_unknown_before_the_first_answer_and_where_there_is_no_limit(self):
        assert limit_usage(salesforce("https://new.my.salesforce.com")) is None
        assert limit_usage(Org(kind="control")) is None

    @pytest.mark.parametrize(("used", "allowed", "share"), [(90, 100, 0.9), (5, 0, 0.0)])
    def test_is_a_share(self, used, allowed, share):
        assert LimitUsage(used, allowed).share == share


class TestNeedsOwnCall:
    @pytest.mark.parametrize(
        ("operations", "expected"),
        [
            (["update"], False),
            (["create"], False),
            (["delete"], True),
            (["update", "create"], True),
        ],
    )
    def test_follows_what_shares_a_call(self, operations, expected):
        changes = [GuardedChange(name, "Account", "", "", {}, None) for name in operations]
        assert needs_own_call(WriteUnit("cmt_1", changes)) is expected


def _has_the_same_connector(ours: int) -> bool:
    return id(connector_for(salesforce())) == ours
