"""The registries' pages in a real browser: accessible, at home on a phone, without a script."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from orchestrator.workflows.models import Workflow
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.registry_factories import (
    AT,
    create_agent,
    create_grant,
    create_user,
    create_workflow,
    issue_key,
)
from tests.workflows.scene import add
from tests.workflows.test_loader import SMALL

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = [
    "/workflows/",
    "/workflows/deal-hygiene/",
    "/workflows/deal-hygiene/versions/",
    "/workflows/deal-hygiene/versions/1/source/",
    "/agents/",
    "/agents/deal-bot/",
    "/agents/new/",
    "/people/",
]


@pytest.fixture
def _scene(live_server):
    workflow = create_workflow(mode="execute")
    add(SMALL)
    agent = create_agent(slug="deal-bot")
    create_grant(agent=agent, workflow=workflow)
    issue_key(agent=agent)


def sign_in(context, live_server):
    person = create_user(username="root", full_name="Rosa Adler")
    person.is_superuser = person.is_staff = True
    person.last_login = AT
    person.save()
    client = Client()
    client.force_login(person)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


@pytest.mark.usefixtures("_scene")
class TestPages:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    def test_are_accessible_and_fit_the_screen(self, chromium, live_server, size, scheme):
        context = chromium.new_context(viewport=size, color_scheme=scheme)
        sign_in(context, live_server)
        page = context.new_page()
        trouble = []
        page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        for address in PAGES:
            page.goto(live_server.url + address)
            trouble += [f"{address}: {fault}" for fault in accessibility_faults(page)]
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                trouble.append(f"{address} is {width} wide")
        context.close()

        assert not trouble, "\n".join(trouble)

    @pytest.mark.req("G6")
    def test_let_a_mode_go_down_without_a_script(self, chromium, live_server):
        context = chromium.new_context(java_script_enabled=False)
        sign_in(context, live_server)
        page = context.new_page()
        page.goto(f"{live_server.url}/workflows/deal-hygiene/")

        page.get_by_text("Go down").click()
        page.get_by_label("Propose").check()
        page.get_by_label("Why").first.fill("Too many reversals.")
        page.get_by_role("button", name="Switch now").click()

        expect(page.locator("#messages")).to_contain_text("is in propose mode now")
        assert Workflow.objects.get(slug="deal-hygiene").mode == "propose"
        context.close()
