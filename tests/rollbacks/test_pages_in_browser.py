"""The pages of rollbacks in a real browser: both themes, wide and narrow, and no script needed."""

import pytest
from playwright.sync_api import expect

from approvals.content import DraftChange
from orchestrator.rollbacks.models import Rollback
from tests.browser import PHONE, accessibility_faults
from tests.commits.scene import approve_automatically, drain, opportunity
from tests.journeys.people import ARTIFACTS
from tests.pages import signed_in
from tests.rollbacks.scene import ask, look, prepare, rick, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def written(crm, later):
    """Three deals that an agent wrote, one of them edited since, and a lead that it created."""
    keys = [opportunity(crm, number) for number in (1, 2, 3)]
    for key in keys:
        write(key, StageName="Qualification", NextStep="Call the buyer")
    crm.edit(keys[0], StageName="Negotiation")
    crm.remove(keys[2])
    create = DraftChange(operation="create", object_name="Lead", fields={"Name": "Ada"})
    approve_automatically("enrich_lead", create)
    drain()


@pytest.fixture
def visit(live_server, context):
    def come(path, person=None):
        cookie = signed_in(person or rick()).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    return come


def faults_of(page, name: str) -> list[str]:
    """Return the barriers of a page in both themes and sizes; keep pictures to look at."""
    shots = ARTIFACTS.parent / "rollbacks"
    shots.mkdir(parents=True, exist_ok=True)
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found += [f"{theme}: {fault}" for fault in accessibility_faults(page)]
        page.screenshot(path=shots / f"{name}-{theme}.png", full_page=True)
    page.set_viewport_size(PHONE)
    if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        found.append("is wider than a phone")
    page.screenshot(path=shots / f"{name}-phone.png", full_page=True)
    return found


@pytest.mark.req("D2")
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("choice", "/rollbacks/"),
        ("preview", "/rollbacks/new/?kind=workflow&value=deal-hygiene"),
        ("nothing", "/rollbacks/new/?kind=agent&value=nobody"),
        ("refused", "/rollbacks/new/?kind=agent"),
    ],
)
def test_every_page_of_choosing_is_open_to_everybody(written, visit, name, path):
    assert faults_of(visit(path), name) == []


@pytest.mark.req("D2")
def test_the_page_of_a_rollback_is_open_to_everybody(written, visit):
    rollback = ask(look("deal-hygiene", "workflow"))
    prepare()

    assert faults_of(visit(f"/rollbacks/{rollback.pk}/"), "rollback") == []


@pytest.mark.req("D2")
def test_what_is_ticked_and_asked_for_becomes_a_rollback(written, visit):
    page = visit("/rollbacks/new/?kind=workflow&value=deal-hygiene")

    page.get_by_label("Restore it anyway").check()
    page.get_by_label("Why").fill("The agent read last year's list.")
    page.get_by_role("button", name="Propose to take it back").click()

    expect(page.get_by_text("The agent read last year's list.")).to_be_visible()
    assert Rollback.objects.get().records == 3
