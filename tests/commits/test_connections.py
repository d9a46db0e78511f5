"""What people see of the connections to the CRM, and the button that tries a paused one."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from audit.models import Entry
from orchestrator.commits.context import navigation
from orchestrator.commits.gate import Gate
from orchestrator.connectors.errors import Unauthorised
from orchestrator.orgs.models import Org
from tests.browser import PHONE, accessibility_faults
from tests.commits.scene import approve, drain, opportunity
from tests.factories import create_workflow
from tests.pages import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("E2")]
HOSTILE = "invalid_grant <script>alert(1)</script>\u202e"


def text_of(username: str, address: str) -> str:
    return " ".join(signed_in(username).get(address).content.decode().split())


@pytest.fixture
def paused(crm):
    proposals = [approve(opportunity(crm, number)) for number in range(2)]
    crm.fail_reads = Unauthorised(HOSTILE, crm_code="invalid_grant")
    drain()
    crm.fail_reads = None
    return proposals


class TestBanner:
    @pytest.mark.parametrize("address", ["/", "/workflows/", "/failures/", "/controls/"])
    def test_says_on_every_page_what_is_paused_since_when_and_how_much_waits(self, paused, address):
        page = text_of("eve", address)

        assert "Writing to acme-prod is paused:" in page
        assert "the CRM refuses our sign-in since" in page
        assert "2 approved changes wait." in page

    def test_is_silent_while_writes_pass(self, crm):
        approve(opportunity(crm))
        drain()

        assert "is paused" not in text_of("ben", "/")

    def test_counts_one_change_as_one(self, paused):
        paused[0].commits.update(state="cancelled")

        assert "1 approved change waits." in text_of("ben", "/")

    def test_shows_nothing_to_strangers(self, paused):
        request = RequestFactory().get("/")
        request.user = AnonymousUser()

        assert navigation(request)["nav"]["paused"] == []


class TestConnections:
    def test_tell_of_an_org_that_was_never_touched(self, crm):
        create_workflow()

        page = text_of("dora", "/controls/")

        assert "CRM connections" in page
        assert "Not told yet" in page
        assert "up to 25" in page
        assert "Try again now" not in page

    def test_tell_why_it_is_paused_in_the_crms_own_words_as_plain_text(self, paused):
        page = text_of("dora", "/controls/")

        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        assert "tried again" in page
        assert "Try again now" in page

    def test_tell_usage_pace_and_a_lowered_ceiling(self, paused):
        Gate.objects.update(used=9100, allowed=10_000, seen_at="2026-11-21T10:04Z", pace=12)
        Gate.objects.update(ceiling=2, ceiling_until="2126-11-21T10:14Z")

        page = text_of("dora", "/controls/")

        assert "9100 of 10000 (91%)" in page
        assert "up to 12" in page
        assert "up to 2, 4 again from" in page


class TestInABrowser:
    def test_trying_again_works_by_keyboard_and_on_a_phone(self, paused, live_server, context):
        cookie = signed_in("dora").cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}/controls/")
        assert accessibility_faults(page) == []
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

        page.get_by_text("Try again now").first.click()
        page.get_by_label("Why it should work now").fill("New secret.")
        page.keyboard.press("Enter")

        page.get_by_text("is tried now").first.wait_for()
        assert Entry.objects.filter(event="org.probe_asked").count() == 1


class TestTryAgain:
    address = "/controls/connections/acme-prod/try-again/"

    def test_has_a_worker_try_it_now_and_writes_go_on(self, paused, crm):
        answer = signed_in("dora").post(self.address, {"reason": "The secret was renewed."})

        assert answer.status_code == 302
        asked = Entry.objects.get(event="org.probe_asked")
        assert (asked.actor_id, asked.subject_id) == ("dora", "acme-prod")
        assert asked.detail == {"reason": "The secret was renewed."}
        drain(at=Gate.objects.get().probe_at)
        assert crm.probes == 1
        assert Gate.objects.get().state == "closed"

    def test_is_not_for_everybody(self, paused):
        probe_at = Gate.objects.get().probe_at

        answer = signed_in("eve").post(self.address, {"reason": "Go."})

        assert answer.status_code == 403
        assert Gate.objects.get().probe_at == probe_at
        assert "Try again now" not in text_of("eve", "/controls/")

    def test_wants_a_reason(self, paused):
        answer = signed_in("dora").post(self.address, {"reason": " "})

        assert answer.status_code == 422
        assert not Entry.objects.filter(event="org.probe_asked").exists()

    def test_says_that_nothing_is_paused(self, crm):
        create_workflow()
        Gate.objects.create(org=Org.objects.get())

        assert signed_in("dora").post(self.address, {"reason": "Go."}).status_code == 409

    def test_knows_no_other_org(self, paused):
        address = "/controls/connections/nobody/try-again/"

        assert signed_in("dora").post(address, {"reason": "Go."}).status_code == 404

    def test_is_done_by_a_form_only(self, paused):
        assert signed_in("dora").get(self.address).status_code == 405


def test_metrics_tell_every_gate(paused):
    Gate.objects.update(used=50, allowed=100, seen_at="2026-11-21T10:04Z", pace=6)

    text = Client().get("/metrics").content.decode()

    for line in (
        'countersign_org_breaker{org="acme-prod"} 2.0',
        'countersign_org_parked{org="acme-prod"} 0.0',
        'countersign_org_calls_share{org="acme-prod"} 0.5',
        'countersign_org_pace{org="acme-prod"} 6.0',
    ):
        assert line in text
