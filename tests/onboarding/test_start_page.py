"""The page of first steps: whose it is, what each step says, and what it refuses."""

import pytest
from django.test import Client

from orchestrator.agents.models import Agent, Key
from orchestrator.onboarding import simulated
from orchestrator.onboarding.examples import examples
from orchestrator.orgs.models import Org
from orchestrator.people.models import Role
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows.loader import load
from orchestrator.workflows.models import Workflow, WorkflowVersion
from tests.factories import create_agent, create_grant, create_org, create_workflow, issue_key
from tests.pages import shown, signed_in, text_of
from tests.registry_factories import create_role, create_user, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("J1")]
MOST_QUERIES = 24
WAITING = {"HX-Request": "true"}
AGENT = {"title": "Bot", "slug": "bot", "owner": "ada", "action": "change_stage"}


@pytest.fixture
def workflow(crm):
    crm.add("Opportunity", "006000000000001AAA", Name="Deal", StageName="Prospecting")
    return create_workflow()


def current(client: Client) -> str:
    steps = client.get("/start/").context["steps"]
    return str(next(step.key for step in steps if step.current))


class TestWhoseItIs:
    def test_staff_alone(self, workflow):
        for address in ("/start/", "/start/arrival/"):
            assert signed_in("dora").get(address).status_code == 403

    @pytest.mark.parametrize("part", ["simulator", "owners", "workflow", "agent", "key"])
    def test_nobody_else_does_a_step(self, workflow, part):
        assert signed_in("dora").post(f"/start/{part}/", AGENT).status_code == 403
        assert not Agent.objects.exists()


class TestState:
    def test_begins_with_the_org_and_says_what_later_steps_wait_for(self, staff):
        page = text_of(staff.get("/start/"))

        assert current(staff) == "org"
        assert "First: Connect an org, Name two people who decide" in page

    def test_an_org_whose_test_failed_is_not_connected(self, staff, simulator):
        Org.objects.create(
            slug="broken", title="Broken", kind="salesforce", environment="dev",
            base_url=simulator.url, sign_in="client_credentials", client_id="x", secret="y",
        )  # fmt: skip
        assert current(staff) == "people"

        staff.post("/connections/broken/test/", {"from": "start"})

        assert current(staff) == "org"

    def test_asks_no_more_for_much_than_for_little(
        self, staff, workflow, django_assert_max_num_queries
    ):
        for number in range(5):
            create_workflow(slug=f"more-{number}", org=create_org(slug=f"org-{number}"))
            agent = create_agent()
            create_grant(agent=agent, workflow=workflow)
            issue_key(agent=agent)
        staff.get("/start/")

        with django_assert_max_num_queries(MOST_QUERIES):
            assert staff.get("/start/").status_code == 200


class TestPeople:
    def test_one_alone_is_told_to_invite_a_second(self, staff):
        assert "You are alone here" in text_of(staff.get("/start/"))

    def test_two_become_ops_owners_with_the_workflow_of_the_configuration(self, staff):
        create_user(username="olga")

        staff.post("/start/owners/", {"owners": ["root", "olga"]})

        assert Role.objects.get(slug="ops-owner").group.user_set.count() == 2
        assert Workflow.objects.filter(slug="countersign-configuration").exists()

    def test_one_is_not_enough(self, staff):
        create_user(username="olga")

        answer = staff.post("/start/owners/", {"owners": ["olga"]})

        assert answer.status_code == 422
        assert "Name two ops owners" in text_of(answer)
        assert not Role.objects.exists()

    def test_a_second_one_joins_the_first(self, staff):
        create_role(slug="ops-owner", members=[get_user("dora")])

        assert staff.post("/start/owners/", {"owners": ["root"]}).status_code == 302


class TestWorkflow:
    @pytest.mark.parametrize("example", examples(), ids=lambda each: each.name)
    def test_every_example_is_a_workflow(self, example):
        text = example.filled(org="acme", owner="root")

        assert load(text, compile_condition).workflow == example.name
        assert example.description

    def test_shows_every_problem_with_its_line_and_keeps_what_was_typed(self, staff, workflow):
        answer = staff.post("/start/workflow/", {"source": "workflow: x\ntitle: X\nactoins: {}\n"})
        page = text_of(answer)

        assert answer.status_code == 422
        assert "Line 3 actoins : Unknown key" in page
        assert "Did you mean" in page
        assert "actoins: {}" in answer.context["file_form"].initial["source"]

    def test_takes_a_file(self, staff, workflow, tmp_path):
        path = tmp_path / "flow.yaml"
        path.write_text(
            examples()[0].filled(org="acme-prod", owner="dora").replace("ops-owner", "deal-desk")
        )
        with path.open("rb") as chosen:
            answer = staff.post("/start/workflow/", {"file": chosen})

        assert answer.status_code == 302
        assert WorkflowVersion.objects.filter(workflow__slug=examples()[0].name).count() == 1

    def test_refuses_a_file_that_is_no_text(self, staff, workflow, tmp_path):
        path = tmp_path / "flow.yaml"
        path.write_bytes(b"\xff\xfe\x00")
        with path.open("rb") as chosen:
            answer = staff.post("/start/workflow/", {"file": chosen})

        assert "not UTF-8 text" in text_of(answer)

    def test_leads_on_to_the_versions_where_the_workflow_is_there_already(self, staff, workflow):
        source = workflow.current_version.source.replace("Deal hygiene", "Deal care")

        answer = staff.post("/start/workflow/", {"source": source})

        assert answer["Location"] == "/workflows/deal-hygiene/versions/"
        assert Workflow.objects.get(slug="deal-hygiene").title == "Deal hygiene"

    def test_shows_hostile_lines_as_text(self, staff, workflow):
        answer = staff.post("/start/workflow/", {"source": "<script>alert(1)</script>: \u202ex\n"})

        assert "<script>alert" not in answer.content.decode()


class TestAgent:
    def test_gets_exactly_what_its_action_writes(self, staff, workflow):
        staff.post("/start/agent/", AGENT | {"workflow": "deal-hygiene"})

        agent = Agent.objects.get(slug="bot")
        grant = agent.grants.get()
        assert agent.state == "active"
        assert (grant.object_name, sorted(grant.fields)) == (
            "Opportunity", ["NextStep", "StageName"],
        )  # fmt: skip

    def test_its_owner_leaves_somebody_to_decide(self, staff, workflow):
        answer = staff.post("/start/agent/", AGENT | {"workflow": "deal-hygiene", "owner": "ben"})

        assert answer.status_code == 422
        assert "is the only one in Deal desk" in text_of(answer)
        assert not Agent.objects.exists()

    def test_a_name_that_is_taken_leaves_no_half(self, staff, workflow):
        create_agent(slug="bot")

        answer = staff.post("/start/agent/", AGENT | {"workflow": "deal-hygiene"})

        assert "choose another name" in text_of(answer)
        assert not Key.objects.exists()

    def test_a_lost_key_is_followed_by_another(self, staff, workflow):
        staff.post("/start/agent/", AGENT | {"workflow": "deal-hygiene"})
        agent = Agent.objects.get(slug="bot")

        page = staff.post(
            "/start/key/", {"workflow": "deal-hygiene", "agent": agent.pk, "days": 30}
        ).content.decode()

        assert page.count("export COUNTERSIGN_KEY=&#x27;csn_") + page.count("='csn_") == 1
        assert agent.keys.count() == 2


class TestArrival:
    def test_waits_and_counts_its_looks(self, staff, workflow):
        staff.post("/start/agent/", AGENT | {"workflow": "deal-hygiene"})

        answer = staff.get("/start/arrival/?workflow=deal-hygiene&looks=7", headers=WAITING)

        assert "looks=8" in answer.content.decode()
        assert "every 2s" in answer.content.decode()

    def test_ends_by_itself(self, staff, workflow):
        staff.post("/start/agent/", AGENT | {"workflow": "deal-hygiene"})

        answer = staff.get("/start/arrival/?workflow=deal-hygiene&looks=149", headers=WAITING)

        assert "every 2s" not in answer.content.decode()
        assert "Wait again" in text_of(answer)

    @pytest.mark.parametrize("looks", ["", "x", "-1", "9" * 50, "²"])
    def test_takes_any_number_of_looks(self, staff, workflow, looks):
        assert staff.get("/start/arrival/", {"looks": looks}, headers=WAITING).status_code == 200

    def test_is_part_of_the_page_without_a_script(self, staff, workflow):
        assert staff.get("/start/arrival/").status_code == 302


class TestSimulator:
    def test_is_not_offered_where_none_runs(self, staff):
        assert "Use the simulated org" not in shown(staff, "/start/")
        assert staff.post("/start/simulator/").status_code == 409

    def test_is_connected_by_one_button_where_one_answers(self, staff, simulator, settings):
        given = {
            "url": simulator.url, "client_id": simulator.client_id,
            "client_secret": simulator.client_secret,
        }  # fmt: skip
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "simulator": given}
        assert "Use the simulated org" in shown(staff, "/start/")

        staff.post("/start/simulator/")

        assert Org.objects.get(slug=simulated.SLUG).environment == "dev"
        assert not simulated.is_offered()

    def test_is_not_offered_where_it_does_not_answer(self, staff, settings):
        given = {"url": "http://127.0.0.1:9", "client_id": "a", "client_secret": "b"}
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "simulator": given}

        assert "Use the simulated org" not in shown(staff, "/start/")
