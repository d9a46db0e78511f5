"""What an agent is told that it may do, and how far people are."""

import pytest

from approvals import decisions
from approvals.agent_viewer import own_viewer, progress
from approvals.models import Proposal
from orchestrator.agents.models import Agent
from orchestrator.gateway import facade
from tests.factories import AT, create_proposal, get_user
from tests.fake_connector import FakeCrm

pytestmark = pytest.mark.req("K12")


@pytest.fixture
def agent(crm: FakeCrm) -> Agent:
    crm.add(
        "Opportunity", "006000000000001AAA", Name="Deal", StageName="Prospecting", Amount=90000.0
    )
    return create_proposal().agent


class TestOwnViewer:
    @pytest.mark.parametrize(
        ("state", "cause", "withdraw", "revise"),
        [
            ("in_review", "submitted", True, True),
            ("in_review", "edited", True, False),
            ("revision_requested", "edited", True, True),
            ("approved", "submitted", True, False),
            ("committed", "submitted", False, False),
        ],
    )
    def test_follows_the_state(self, state, cause, withdraw, revise):
        viewer = own_viewer(state, cause=cause)

        assert (viewer["may_withdraw"], viewer["may_revise"]) == (withdraw, revise)
        assert viewer["may_decide"] is False
        assert viewer["why"]["code"] == "agents_never_decide"

    def test_says_that_the_route_is_not_known_before_the_records_are_read(self):
        assert progress("received", [], prepared=False)["behaviour"] == "not_routed_yet"
        assert progress("approved", [], prepared=True)["behaviour"] == "nobody_is_asked"


@pytest.mark.django_db
class TestAnswers:
    def test_count_the_approvals_stage_by_stage(self, agent, django_assert_max_num_queries):
        [listed] = told(agent)
        approve(Proposal.objects.get(pk=listed["id"]))

        with django_assert_max_num_queries(4):
            [listed] = told(agent)

        assert listed["decision_progress"] == {
            "behaviour": "every_stage_in_order",
            "got": 1,
            "need": 2,
            "stages": [
                {"stage": 1, "role": "deal-desk", "state": "approved", "got": 1, "need": 1},
                {"stage": 2, "role": "ae-manager", "state": "open", "got": 0, "need": 1},
            ],
        }
        whole = facade.status(agent=agent, proposal_id=str(listed["id"]))
        assert whole["decision_progress"] == listed["decision_progress"]
        assert whole["viewer"]["may_withdraw"]

    def test_say_of_the_agent_itself_that_it_never_decides(self, agent):
        viewer = facade.me(agent=agent, at=AT)["viewer"]

        assert (viewer["kind"], viewer["may_propose"], viewer["may_decide"]) == (
            "agent",
            True,
            False,
        )


def told(agent: Agent) -> list[dict[str, object]]:
    """Return what the agent reads of its proposals."""
    page = facade.statuses(agent=agent, state="", workflow="", after="", limit=50)
    found: list[dict[str, object]] = page["proposals"]
    return found


def approve(proposal: Proposal) -> None:
    """Let ben approve the first stage."""
    decisions.decide(
        proposal_id=proposal.pk,
        person=get_user("ben"),
        vote="approve",
        digest=proposal.digest,
        reason_code="",
        text="",
        at=AT,
        authenticated_at=AT,
    )
