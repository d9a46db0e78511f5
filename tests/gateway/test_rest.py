"""The REST contract, route by route."""

import pytest

from approvals import preparation
from approvals.models import Proposal
from orchestrator.agents import operations as agents
from orchestrator.commits import fence
from orchestrator.kernel import clock
from tests.factories import (
    OPPORTUNITY,
    SETUP,
    create_agent,
    get_user,
    issue_key,
    vote_on,
)
from tests.gateway.conftest import BODY

PROPOSAL_KEYS = {
    "id",
    "revision",
    "digest",
    "state",
    "deadline_at",
    "risk",
    "route",
    "review_url",
}


def prepare() -> None:
    preparation.prepare_due(limit=200, at=clock.now())


class TestCreateProposal:
    def test_answers_with_what_the_contract_names(self, door):
        answer = door.propose()
        assert answer.status_code == 201
        assert answer.json().keys() >= PROPOSAL_KEYS
        assert answer.json()["state"] == "received"

    def test_gives_the_first_answer_to_a_repeated_request(self, door):
        first = door.propose()
        prepare()
        again = door.propose()
        assert (again.status_code, again.json()) == (200, first.json())
        assert Proposal.objects.count() == 1

    def test_refuses_a_key_that_stands_for_another_request(self, door):
        door.propose()
        other = door.propose(title="Another title")
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")

    def test_refuses_a_request_without_an_idempotency_key(self, door):
        answer = door.post("/proposals", BODY)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")

    @pytest.mark.req("B2")
    def test_refuses_what_no_grant_covers(self, door):
        door.key = issue_key(agent=create_agent(slug="stranger"))
        answer = door.propose()
        assert (answer.status_code, answer.json()["code"]) == (403, "not_granted")


class TestKeys:
    def test_are_needed(self, door):
        answer = door.http.get("/api/v1/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
        assert answer["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize("key", ["nonsense", "csn_AAAAAAAAAA_wrong", "csn__", "csn_\u202ex"])
    @pytest.mark.req("B1")
    def test_that_are_none_are_refused_alike(self, door, key):
        door.key = key.encode("utf-8").decode("latin-1")
        answer = door.get("/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_key")

    @pytest.mark.req("B1")
    def test_of_a_suspended_agent_say_so(self, door):
        agents.suspend(agent=door.agent, reason="Strange.", by=SETUP, at=clock.now())
        answer = door.get("/me")
        assert (answer.status_code, answer.json()["code"]) == (403, "agent_not_active")


class TestBatch:
    def test_takes_or_refuses_each_on_its_own(self, door):
        good = {**BODY, "idempotency_key": "b-1"}
        bad = {**BODY, "idempotency_key": "b-2", "action": "merge_accounts"}
        malformed = {"idempotency_key": "b-3"}
        answer = door.post("/proposals/batch", {"proposals": [good, bad, malformed, good]})
        results = answer.json()["results"]
        assert [result["status"] for result in results] == [201, 422, 422, 200]
        assert results[2]["problem"]["code"] == "invalid_request"
        assert Proposal.objects.count() == 1

    def test_has_a_ceiling(self, door):
        many = [{**BODY, "idempotency_key": f"b-{n}"} for n in range(501)]
        answer = door.post("/proposals/batch", {"proposals": many})
        assert answer.status_code == 422


class TestGetProposal:
    def test_shows_the_route_and_the_content_once_prepared(self, door):
        proposal_id = door.propose().json()["id"]
        prepare()
        body = door.get(f"/proposals/{proposal_id}").json()
        assert body["state"] == "in_review"
        assert not body["closed"]
        assert body["route"]["stages"][0]["role"] == "deal-desk"
        assert body["content"]["changes"][0]["fields"] == {"StageName": "Qualification"}

    def test_tells_why_people_denied(self, door):
        proposal_id = door.propose().json()["id"]
        prepare()
        vote_on(
            proposal=Proposal.objects.get(pk=proposal_id),
            vote="deny",
            text="The buyer wrote yesterday.",
            at=clock.now(),
        )
        body = door.get(f"/proposals/{proposal_id}").json()
        assert (body["state"], body["closed"]) == ("denied", True)
        assert "The buyer wrote yesterday." in body["outcome"]["text"]

    def test_hides_the_proposals_of_other_agents(self, door):
        proposal_id = door.propose().json()["id"]
        door.key = issue_key(agent=create_agent(slug="stranger"))
        answer = door.get(f"/proposals/{proposal_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    @pytest.mark.parametrize("wait", ["61", "-1", "soon"])
    def test_refuses_waits_that_are_none(self, door, wait):
        proposal_id = door.propose().json()["id"]
        assert door.get(f"/proposals/{proposal_id}", wait=wait).status_code == 422


class TestListProposals:
    def test_pages_through_the_agents_own(self, door):
        ids = [door.propose(f"key-{n}").json()["id"] for n in range(3)]
        first = door.get("/proposals", limit=2).json()
        second = door.get("/proposals", limit=2, after=first["next"]).json()
        listed = [each["id"] for each in first["proposals"] + second["proposals"]]
        assert listed == ids
        assert second["next"] is None

    def test_filters_by_state(self, door):
        door.propose()
        assert door.get("/proposals", state="denied").json()["proposals"] == []
        assert door.get("/proposals", state="nonsense").status_code == 422


class TestRevisions:
    @pytest.mark.req("A4")
    def test_answer_a_question(self, door):
        proposal_id = door.propose().json()["id"]
        prepare()
        vote_on(
            proposal=Proposal.objects.get(pk=proposal_id),
            vote="send_back",
            text="Which call?",
            at=clock.now(),
        )
        assert door.get(f"/proposals/{proposal_id}").json()["question"] == "Which call?"
        content = {name: BODY[name] for name in ("reason", "confidence", "evidence", "changes")}
        answer = door.post(
            f"/proposals/{proposal_id}/revisions", {**content, "answer": "The one of Monday."}
        )
        assert answer.status_code == 201
        assert (answer.json()["revision"], answer.json()["state"]) == (2, "in_review")


class TestWithdraw:
    @pytest.mark.req("A4")
    def test_takes_the_agents_own_back_once(self, door):
        proposal_id = door.propose().json()["id"]
        assert door.delete(f"/proposals/{proposal_id}?reason=Wrong+deal").json()["state"] == (
            "withdrawn"
        )
        assert door.delete(f"/proposals/{proposal_id}").status_code == 409


class TestPreflight:
    def test_says_what_would_happen_and_stores_nothing(self, door):
        body = door.post("/preflight", BODY).json()
        assert body["outcome"] == "review"
        assert body["changes"][0]["fields"]["StageName"] == {
            "old": "Prospecting",
            "new": "Qualification",
        }
        assert not Proposal.objects.exists()


class TestMe:
    def test_tells_grants_workflows_and_whether_writing_is_halted(self, door):
        body = door.get("/me").json()
        assert body["agent"] == "hygiene-agent"
        assert body["workflows"][0] == {
            "workflow": "deal-hygiene",
            "title": "Deal hygiene",
            "mode": "propose",
        }
        assert body["grants"]
        assert (body["paused"], body["halts"]) == (False, [])

    @pytest.mark.req("G5")
    def test_shows_a_halt(self, door):
        fence.halt(
            scope="all", value="", reason="Drill.", by=get_user("dora").actor, at=clock.now()
        )
        body = door.get("/me").json()
        assert body["paused"]
        assert body["halts"][0]["reason"] == "Drill."


class TestListWorkflows:
    def test_lists_what_the_agent_has_grants_in(self, door):
        workflows = door.get("/workflows").json()
        assert [each["workflow"] for each in workflows] == ["deal-hygiene"]
        actions = {each["action"] for each in workflows[0]["actions"]}
        assert "change_stage" in actions


class TestGetRecord:
    @pytest.mark.req("B2")
    def test_shows_granted_fields_only(self, door):
        body = door.get(f"/records/Opportunity/{OPPORTUNITY}").json()
        assert body["label"] == "Northwind renewal"
        assert "AccountId" not in body["fields"]
        assert body["fields"]["StageName"] == "Prospecting"

    def test_hides_objects_without_a_grant(self, door):
        answer = door.get("/records/Campaign/701000000000001AAA")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    def test_asks_the_crm_once_for_a_repeated_look(self, door, crm):
        door.get(f"/records/Opportunity/{OPPORTUNITY}")
        before = len(crm.reads)
        door.get(f"/records/Opportunity/{OPPORTUNITY}")
        assert len(crm.reads) == before


class TestCeiling:
    def test_refuses_calls_beyond_it_and_says_when_to_come_back(self, door, settings):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "agent_requests_per_minute": 2}
        answers = [door.get("/me") for _ in range(4)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert 0 < int(refused[0]["Retry-After"]) <= 60
        assert refused[0].json()["code"] == "too_many_requests"
