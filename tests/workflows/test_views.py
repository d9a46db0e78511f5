"""The pages of workflows, as people of different rights meet them."""

import pytest
from django.test import Client

from audit import queries as ledger
from audit.queries import Filters
from orchestrator.people import operations as people
from orchestrator.people import permissions
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows import operations
from orchestrator.workflows.models import Workflow
from tests.calendars.scene import create_calendar
from tests.registry_factories import AT, SETUP, create_role, create_user, create_workflow, get_user
from tests.standard_workflow import WORKFLOW
from tests.workflows.test_loader import EXAMPLE

pytestmark = [pytest.mark.django_db]
# The frame asks its own questions; what a page adds must not grow with what it shows.
MOST_QUERIES = {"list": 10, "overview": 15, "versions": 14}


def sign_in(username):
    client = Client()
    client.force_login(get_user(username))
    return client


@pytest.fixture
def workflow():
    return create_workflow(mode="execute")


@pytest.fixture
def owner(workflow):
    return sign_in("dora")


def words(response):
    return " ".join(response.content.decode().split())


def add_version(workflow, old, new):
    source = WORKFLOW.format(slug=workflow.slug, org="acme-prod", owner="dora").replace(old, new)
    return operations.add_version(
        source=source, by=SETUP, at=AT, note="", check_condition=compile_condition
    )


class TestIndex:
    def test_lists_what_the_person_may_see(self, workflow, owner):
        create_workflow(slug="other")

        page = words(owner.get("/workflows/"))

        assert "/workflows/deal-hygiene/" in page
        assert "/workflows/other/" in page

    @pytest.mark.req("B5")
    def test_keeps_the_rest_out_of_sight(self, workflow):
        page = words(sign_in("eve").get("/workflows/"))

        assert "/workflows/deal-hygiene/" not in page
        assert "No workflow is yours to see" in page

    def test_asks_as_many_questions_for_many_as_for_few(self, owner, django_assert_max_num_queries):
        for number in range(6):
            create_workflow(slug=f"flow-{number}")

        with django_assert_max_num_queries(MOST_QUERIES["list"]):
            owner.get("/workflows/")


class TestOverview:
    def test_says_in_words_what_may_happen_and_who_decides(self, owner):
        page = words(owner.get("/workflows/deal-hygiene/"))

        assert "one of Prospecting, Qualification, Proposal, Negotiation" in page
        assert "changed by at most 40 %" in page
        assert "<strong>ae-manager</strong>, one person, when" in page
        assert "stalled_30d, buyer_silent" in page
        assert "Human only" in page

    def test_says_plainly_what_is_declared_and_not_enforced(self, workflow, owner):
        create_user(username="ops-owner")
        create_role(slug="risk-owner", members=[create_user()])
        create_calendar(slug="sales-emea")
        version = operations.add_version(
            source=EXAMPLE, by=SETUP, at=AT, note="", check_condition=compile_condition
        )
        operations.publish(version=version, reason="Try.", by=SETUP, at=AT)

        context = owner.get("/workflows/deal-hygiene/").context

        assert [each.title for each in context["enforced"]] == ["Limits", "Writers", "Escalation"]
        assert [each.title for each in context["declared"]] == [
            "Value limits", "Change windows", "Anomalies", "Systems of record",
            "Promotion gates", "Canary", "States", "Triggers",
        ]  # fmt: skip
        assert "Not enforced by this release" in words(owner.get("/workflows/deal-hygiene/"))

    def test_keeps_the_order_of_the_file(self, owner):
        actions = owner.get("/workflows/deal-hygiene/").context["actions"]

        assert [action.name for action in actions] == [
            "change_stage", "change_amount", "enrich_lead", "fix_accounts",
        ]  # fmt: skip
        fields = [field.name for field in actions[2].targets[0].fields]
        assert fields == ["Name", "Industry", "NumberOfEmployees", "Website"]

    @pytest.mark.req("B5")
    def test_is_not_there_for_somebody_without_a_right(self, workflow):
        response = sign_in("eve").get("/workflows/deal-hygiene/")

        assert response.status_code == 404

    def test_asks_few_questions(self, owner, django_assert_max_num_queries):
        owner.get("/workflows/deal-hygiene/")

        with django_assert_max_num_queries(MOST_QUERIES["overview"]):
            owner.get("/workflows/deal-hygiene/")

    def test_offers_the_switch_to_administrators_alone(self, workflow, owner):
        assert "/workflows/deal-hygiene/mode/" in words(owner.get("/workflows/deal-hygiene/"))
        assert "/mode/" not in words(sign_in("ben").get("/workflows/deal-hygiene/"))

    def test_shows_an_earlier_version_as_such(self, workflow, owner):
        second = add_version(workflow, "max_change_pct: 40", "max_change_pct: 30")
        operations.publish(version=second, reason="Stricter.", by=SETUP, at=AT)

        page = words(owner.get("/workflows/deal-hygiene/versions/1/"))

        assert "Version 2 is in force" in page
        assert "changed by at most 40 %" in page

    def test_answers_an_unknown_version_with_404(self, owner):
        assert owner.get("/workflows/deal-hygiene/versions/9/").status_code == 404


class TestSource:
    def test_shows_the_file_as_it_was_loaded(self, owner):
        page = owner.get("/workflows/deal-hygiene/versions/1/source/").content.decode()

        assert "fields: { Amount: { max_change_pct: 40 }" in page

    def test_escapes_what_the_file_says(self, workflow, owner):
        add_version(workflow, "title: Deal hygiene", "title: <script>alert(1)</script>")

        page = owner.get("/workflows/deal-hygiene/versions/2/source/").content.decode()

        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;" in page


@pytest.mark.req("G1")
class TestVersions:
    def test_shows_what_differs_part_by_part_and_line_by_line(self, workflow, owner):
        add_version(workflow, "max_change_pct: 40", "max_change_pct: 30")

        response = owner.get("/workflows/deal-hygiene/versions/", {"older": 1, "newer": 2})

        (difference,) = response.context["differences"]
        assert difference.path == "actions / change_amount / fields / Amount / max_change_pct"
        assert (difference.old, difference.new) == ("40", "30")
        kinds = [line.kind for line in response.context["lines"]]
        assert kinds.count("added") == kinds.count("removed") == 1

    def test_takes_the_newest_two_where_the_address_makes_no_sense(self, workflow, owner):
        add_version(workflow, "max_change_pct: 40", "max_change_pct: 30")

        response = owner.get("/workflows/deal-hygiene/versions/", {"older": "x", "newer": "99"})

        assert (response.context["old"].number, response.context["new"].number) == (1, 2)

    def test_asks_as_many_questions_for_many_versions_as_for_two(
        self, workflow, owner, django_assert_max_num_queries
    ):
        for percent in range(10, 20):
            add_version(workflow, "max_change_pct: 40", f"max_change_pct: {percent}")
        owner.get("/workflows/deal-hygiene/versions/")

        with django_assert_max_num_queries(MOST_QUERIES["versions"]):
            owner.get("/workflows/deal-hygiene/versions/")


@pytest.mark.req("G6")
class TestLowerMode:
    def post(self, client, **data):
        return client.post("/workflows/deal-hygiene/mode/", data)

    def test_switches_at_once_and_remembers_who_and_why(self, owner):
        response = self.post(owner, to="observe", reason="Odd figures.")

        assert response["Location"] == "/workflows/deal-hygiene/"
        assert Workflow.objects.get().mode == "observe"
        line = ledger.search(filters=Filters(event="workflow.mode_changed")).lines[0]
        assert (line.actor_id, line.detail["reason"]) == ("dora", "Odd figures.")

    @pytest.mark.parametrize("data", [{"to": "observe"}, {"to": "execute", "reason": "Up!"}, {}])
    def test_changes_nothing_without_a_reason_or_upwards(self, owner, data):
        self.post(owner, **data)

        assert Workflow.objects.get().mode == "execute"

    @pytest.mark.req("B5")
    def test_is_for_administrators(self, workflow):
        people.grant_right(
            role=create_role(slug="readers", members=[get_user("eve")]),
            workflow=workflow, right="view", by=SETUP, at=AT,
        )  # fmt: skip

        answers = [
            self.post(sign_in(who), to="observe", reason="Stop.").status_code
            for who in ("ben", "eve", "ada")
        ]

        assert answers == [403, 403, 404]
        assert Workflow.objects.get().mode == "execute"

    def test_never_happens_by_looking(self, owner):
        response = owner.get("/workflows/deal-hygiene/mode/", {"to": "observe", "reason": "x"})

        assert response.status_code == 405
        assert Workflow.objects.get().mode == "execute"


@pytest.mark.req("B5")
class TestRights:
    def test_are_given_to_a_role_and_taken_with_a_reason(self, workflow, owner):
        create_role(slug="auditors", members=[get_user("eve")])
        data = {"role": "auditors", "right": "view"}

        owner.post("/workflows/deal-hygiene/rights/", data)
        assert permissions.may_view(get_user("eve"), workflow)
        owner.post("/workflows/deal-hygiene/rights/take/", data)
        assert permissions.may_view(get_user("eve"), workflow)
        owner.post("/workflows/deal-hygiene/rights/take/", {**data, "reason": "Audit over."})

        assert not permissions.may_view(get_user("eve"), workflow)
        line = ledger.search(filters=Filters(event="workflow.right_taken")).lines[0]
        assert line.detail == {"role": "auditors", "right": "view", "reason": "Audit over."}

    def test_that_a_role_does_not_have_cannot_be_taken(self, owner):
        data = {"role": "ae-manager", "right": "administer", "reason": "Never had it."}

        assert owner.post("/workflows/deal-hygiene/rights/take/", data).status_code == 409

    def test_are_for_administrators_to_give(self, workflow):
        data = {"role": "deal-desk", "right": "administer", "reason": "Me too."}
        client = sign_in("ben")

        answers = [
            client.post(f"/workflows/deal-hygiene/rights/{end}", data).status_code
            for end in ("", "take/")
        ]

        assert answers == [403, 403]
        assert not permissions.may_administer(get_user("ben"), workflow)
