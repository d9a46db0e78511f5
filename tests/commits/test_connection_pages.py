"""The pages of connections: who sees which, testing one, changing its credentials, a new one."""

import pytest

from audit.models import Entry
from orchestrator.connectors import registry
from orchestrator.connectors.base import LimitUsage
from orchestrator.connectors.errors import Unauthorised
from orchestrator.connectors.examination import Examination, Finding, Step, failed
from orchestrator.orgs.models import Org
from orchestrator.people import operations as people
from tests.factories import create_org, create_role, create_workflow
from tests.pages import shown, signed_in, text_of
from tests.registry_factories import AT, SETUP, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("E1")]
MOST_QUERIES = 20
HOSTILE = "invalid_client <script>alert(1)</script>\u202e"
CREDENTIALS = {"sign_in": "client_credentials", "client_id": "3MVG", "secret": "top-secret-text"}


class Examiner:
    """Answers what a test wants to hear, and remembers what it was asked for."""

    def __init__(self):
        self.found = Examination(
            [Step("Sign in", Finding.PASSED, "Signed in.")], LimitUsage(120, 1000)
        )
        self.asked = []

    def __call__(self, org, *, seconds):
        self.seconds = seconds
        return self

    def examine(self, objects, *, at):
        self.asked.append(list(objects))
        return self.found


@pytest.fixture
def examiner(monkeypatch):
    one = Examiner()
    monkeypatch.setitem(registry._examiners, "salesforce", one)
    return one


@pytest.fixture
def workflow():
    return create_workflow()


@pytest.fixture
def staff(workflow):
    person = get_user("stan")
    person.is_staff = True
    person.save()
    return signed_in(person)


def administrator_of(workflow):
    role = create_role(slug="admins", members=[get_user("ida")])
    people.grant_right(role=role, workflow=workflow, right="administer", by=SETUP, at=AT)
    return signed_in("ida")


class TestWhoSeesWhich:
    def test_staff_and_ops_owners_see_every_org(self, workflow, staff):
        create_org(slug="other-org")

        for client in (staff, signed_in("dora")):
            page = shown(client, "/connections/")
            assert "/connections/acme-prod/" in page
            assert "/connections/other-org/" in page

    def test_an_administrator_of_a_workflow_sees_its_org_alone(self, workflow):
        create_org(slug="other-org")
        ida = administrator_of(workflow)

        assert "/connections/acme-prod/" in shown(ida, "/connections/")
        assert "other-org" not in shown(ida, "/connections/")

    def test_what_is_not_theirs_looks_like_what_is_not_there(self, workflow):
        create_org(slug="other-org")
        ida = administrator_of(workflow)

        hidden, missing = ida.get("/connections/other-org/"), ida.get("/connections/nowhere/")

        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert text_of(hidden).replace("other-org", "") == text_of(missing).replace("nowhere", "")

    def test_a_stranger_reads_what_to_do(self, workflow):
        assert "No connection is yours to see" in shown(signed_in("eve"), "/connections/")

    def test_says_loudly_what_is_production(self, workflow, staff):
        assert "What is approved here changes real records." in shown(
            staff, "/connections/acme-prod/"
        )

    def test_doubts_a_production_that_lives_in_a_sandbox(self, workflow, staff):
        Org.objects.update(base_url="https://acme--uat.sandbox.my.salesforce.com")

        assert "its address is that of a sandbox" in shown(staff, "/connections/acme-prod/")


class TestTesting:
    def test_describes_what_the_workflows_write_and_keeps_the_result(
        self, workflow, staff, examiner
    ):
        answer = staff.post("/connections/acme-prod/test/", follow=True)

        assert sorted(examiner.asked[0]) == ["Account", "Lead", "Opportunity"]
        assert examiner.seconds <= 15
        assert "Signed in." in text_of(answer)
        entry = Entry.objects.get(event="org.tested")
        assert (entry.actor_id, entry.detail["outcome"]) == ("stan", "passed")
        assert (entry.detail["used"], entry.detail["allowed"]) == (120, 1000)

    def test_shows_what_the_org_says_as_text_and_what_helps(self, workflow, staff, examiner):
        examiner.found = Examination(
            [failed("Sign in", Unauthorised(HOSTILE, crm_code="invalid_client"))]
        )
        page = staff.post("/connections/acme-prod/test/", follow=True).content.decode()

        assert "<script>alert" not in page
        assert "consumer secret" in page

    def test_is_for_staff(self, workflow, examiner):
        answer = signed_in("dora").post("/connections/acme-prod/test/")

        assert answer.status_code == 403
        assert examiner.asked == []

    def test_says_that_new_credentials_were_not_tested(self, workflow, staff, examiner):
        staff.post("/connections/acme-prod/test/")
        staff.post("/connections/acme-prod/credentials/", CREDENTIALS)

        assert "before the credentials changed" in shown(staff, "/connections/acme-prod/")


class TestCredentials:
    def test_are_kept_and_shown_to_nobody(self, workflow, staff):
        staff.post("/connections/acme-prod/credentials/", CREDENTIALS)

        assert Org.objects.get(slug="acme-prod").secret == "top-secret-text"
        assert "top-secret-text" not in shown(staff, "/connections/acme-prod/")
        assert "top-secret-text" not in str(list(Entry.objects.values_list("detail", flat=True)))

    def test_are_not_even_shown_to_whoever_mistyped_something_else(self, workflow, staff):
        answer = staff.post("/connections/acme-prod/credentials/", CREDENTIALS | {"client_id": ""})

        assert answer.status_code == 422
        assert "top-secret-text" not in answer.content.decode()

    def test_keep_the_two_lines_of_a_password(self, workflow, staff):
        two = CREDENTIALS | {"sign_in": "password", "username": "u", "secret": "app\r\nword"}

        staff.post("/connections/acme-prod/credentials/", two)

        assert Org.objects.get(slug="acme-prod").secret == "app\nword"

    def test_are_changed_by_staff(self, workflow):
        answer = signed_in("dora").post("/connections/acme-prod/credentials/", CREDENTIALS)

        assert answer.status_code == 403


class TestConnecting:
    NEW = {
        "title": "Acme sandbox", "slug": "acme-uat", "environment": "staging",
        "base_url": "https://acme--uat.sandbox.my.salesforce.com", "api_version": "64.0",
        **CREDENTIALS,
    }  # fmt: skip

    def test_stores_the_org_and_leads_to_its_page(self, staff):
        answer = staff.post("/connections/new/", self.NEW)

        assert answer["Location"] == "/connections/acme-uat/"
        assert Org.objects.get(slug="acme-uat").environment == "staging"

    def test_says_what_is_wrong_with_the_address(self, staff):
        answer = staff.post(
            "/connections/new/", self.NEW | {"base_url": "https://login.salesforce.com"}
        )

        assert answer.status_code == 422
        assert "serves every org" in text_of(answer)

    def test_is_for_staff(self, workflow):
        assert signed_in("dora").get("/connections/new/").status_code == 403


def test_pages_ask_as_many_questions_for_many_as_for_few(
    workflow, staff, examiner, django_assert_max_num_queries
):
    for number in range(6):
        create_workflow(slug=f"more-{number}", org=create_org(slug=f"org-{number}"))
    staff.post("/connections/acme-prod/test/")

    for address in ("/connections/", "/connections/acme-prod/", "/connections/new/"):
        with django_assert_max_num_queries(MOST_QUERIES):
            assert staff.get(address).status_code == 200
