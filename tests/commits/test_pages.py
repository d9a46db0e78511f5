"""The page of the kill switch, through the web's own doors."""

import pytest

from orchestrator.commits import fence
from orchestrator.commits.models import Halt
from tests.browser import PHONE, accessibility_faults
from tests.factories import AT, create_workflow, get_user
from tests.pages import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


class TestControls:
    @pytest.fixture(autouse=True)
    def people(self, db):
        create_workflow()

    @pytest.mark.req("G5")
    def test_halting_answers_halted_and_every_page_says_so(self):
        client = signed_in("dora")

        answer = client.post(
            "/controls/halt/", {"what": "all:", "reason": "Odd writes."}, follow=True
        )

        page = answer.content.decode()
        assert "Halted: everything" in page
        assert "switch-banner-halted" in client.get("/failures/").content.decode()
        assert Halt.objects.get().state == "halted"

    @pytest.mark.req("G5")
    def test_one_person_cannot_release_alone(self):
        dora = signed_in("dora")
        dora.post("/controls/halt/", {"what": "all:", "reason": "Odd writes."})
        halt = Halt.objects.get()
        dora.post(f"/controls/{halt.pk}/ask-release/", {"reason": "It was nothing."})

        alone = dora.post(f"/controls/{halt.pk}/release/")

        assert alone.status_code == 409
        assert "second_person_needed" in alone.content.decode()
        assert fence.active_halts()

    @pytest.mark.req("G5")
    def test_a_second_person_releases(self):
        dora, other = signed_in("dora"), get_user("hal")
        other.is_staff = True
        other.save()
        dora.post("/controls/halt/", {"what": "workflow:deal-hygiene", "reason": "Odd."})
        halt = Halt.objects.get()
        dora.post(f"/controls/{halt.pk}/ask-release/", {"reason": "It was nothing."})

        signed_in("hal").post(f"/controls/{halt.pk}/release/")

        assert not fence.active_halts()

    def test_whoever_has_no_right_cannot_halt(self):
        eve = signed_in("eve")

        assert "Halt now" not in eve.get("/controls/").content.decode()
        answer = eve.post("/controls/halt/", {"what": "all:", "reason": "Fun."})
        assert answer.status_code in (403, 422)
        assert not Halt.objects.exists()

    def test_a_form_without_a_reason_comes_back_with_its_choice(self):
        answer = signed_in("dora").post("/controls/halt/", {"what": "all:", "reason": ""})

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Say in a sentence why." in page
        assert '<option value="all:" selected>' in page

    def test_a_waiting_page_asks_for_its_state_alone_until_it_is_confirmed(self):
        halt = fence.halt(scope="all", value="", reason="Odd.", by=get_user("dora").actor, at=AT)
        client = signed_in("dora")
        asking = {"HX-Request": "true", "HX-Target": "switch-state"}

        waiting = client.get("/controls/", headers=asking)
        fence.confirm(halt=halt, at=AT, wait=1)
        confirmed = client.get("/controls/", headers=asking)

        assert "<html" not in waiting.content.decode()
        assert "every 1s" in waiting.content.decode()
        assert confirmed["HX-Refresh"] == "true"


class TestInABrowser:
    @pytest.fixture
    def page_of(self, live_server, context):
        def visit(path, username="dora"):
            client = signed_in(username)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
            page = context.new_page()
            page.goto(live_server.url + path)
            return page

        return visit

    def test_halting_and_asking_for_release_by_keyboard(self, page_of, crm):
        create_workflow()
        page = page_of("/controls/")
        page.get_by_label("What to halt").select_option("all:")
        page.get_by_label("Why").fill("Odd writes.")
        page.keyboard.press("Enter")
        page.get_by_text("Halted: everything").first.wait_for()

        assert accessibility_faults(page) == []
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
