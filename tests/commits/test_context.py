"""What every page shows of the switch and of failures."""

import pytest
from django.test import RequestFactory

from orchestrator.commits import fence
from orchestrator.commits.context import navigation
from orchestrator.connectors.errors import NotPermitted
from tests.commits.scene import approve, drain, opportunity
from tests.factories import AT, create_workflow, get_user

pytestmark = pytest.mark.django_db


def shown(username: str):
    request = RequestFactory().get("/")
    request.user = get_user(username)
    return navigation(request)["nav"]


class TestNavigation:
    def test_says_that_writes_are_on(self):
        assert shown("ben")["switch"]["state"] == "running"

    @pytest.mark.req("G5")
    def test_says_what_is_halted_and_why_to_everybody(self):
        by = get_user("dora").actor
        fence.halt(scope="agent", value="bot", reason="Loops", by=by, at=AT)
        halt = fence.halt(scope="all", value="", reason="Odd.", by=by, at=AT)

        assert shown("eve")["switch"]["state"] == "halting"
        fence.confirm_all(at=AT)
        switch = shown("eve")["switch"]
        assert switch["state"] == "halted"
        assert {"Everything: Odd.", "The agent bot: Loops."} <= {
            f"{part}." for part in switch["summary"].removesuffix(".").split(". ")
        }
        assert fence.in_flight(halt) == 0

    @pytest.mark.req("E3")
    def test_counts_the_failures_that_the_person_may_see(self, crm):
        approve(opportunity(crm))
        crm.fail_writes = NotPermitted("No.")
        drain()

        assert shown("dora")["failure_count"] == 1
        assert shown("eve")["failure_count"] == 0

    def test_costs_three_small_queries_while_nothing_fails(self, django_assert_num_queries):
        create_workflow()
        request = RequestFactory().get("/")
        request.user = get_user("dora")

        with django_assert_num_queries(3):
            navigation(request)
