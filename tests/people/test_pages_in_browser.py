"""The pages of people in a real browser: both themes, wide and narrow, and no script needed."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from approvals import decisions
from orchestrator.kernel import clock
from orchestrator.people import absences
from orchestrator.people.models import Absence, User
from tests.browser import PHONE, accessibility_faults
from tests.factories import OPPORTUNITY, create_proposal, create_role, create_workflow, get_user
from tests.journeys.people import ARTIFACTS
from tests.pages import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("A2", "A4", "D2")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def house(crm):
    """Ada and Ben are away, each with somebody; a role reaches nobody; Sam is staff."""
    crm.add("Opportunity", OPPORTUNITY, Name="Northwind", StageName="Prospecting", Amount=1.0)
    create_workflow()
    now = clock.now()
    proposal = create_proposal(at=now)
    decisions.reassign(
        proposal_id=proposal.pk, person=get_user("ben"), to_role=None, to_person=get_user("cleo"),
        reason="You know them.", at=now,
    )  # fmt: skip
    create_role(slug="risk-owner")
    User.objects.filter(pk=get_user("sam").pk).update(is_staff=True, first_name="Sam")
    for person, delegate, starts in (("ben", "eve", 0), ("ada", "ben", 0), ("cleo", None, 3)):
        absences.set_absence(
            person=get_user(person),
            starts_at=now + starts * DAY,
            ends_at=now + (starts + 9) * DAY,
            delegate=get_user(delegate) if delegate else None,
            note="A week in the mountains.",
            by=get_user(person),
            at=now,
        )


@pytest.fixture
def visit(live_server, context):
    def come(path, person):
        cookie = signed_in(get_user(person)).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    return come


@pytest.mark.parametrize(
    ("name", "path", "person"),
    [("people", "/people/", "sam"), ("person", "/people/cleo/", "sam"), ("me", "/me/", "ben")],
)
def test_every_page_is_open_to_everybody(house, visit, name, path, person):
    shots = ARTIFACTS.parent / "people"
    shots.mkdir(parents=True, exist_ok=True)
    page, found = visit(path, person), []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found += [f"{theme}: {fault}" for fault in accessibility_faults(page)]
        page.screenshot(path=shots / f"{name}-{theme}.png", full_page=True)
    page.set_viewport_size(PHONE)
    if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        found.append("is wider than a phone")
    page.screenshot(path=shots / f"{name}-phone.png", full_page=True)

    assert found == []


def test_somebody_says_that_they_are_away(house, visit):
    page = visit("/me/", "eve")
    page.get_by_label("From").fill("2030-11-20T08:00")
    page.get_by_label("To", exact=True).fill("2030-11-27T18:00")
    page.get_by_label("Who stands in").select_option("dora")
    page.get_by_role("button", name="Say that you are away").click()

    expect(page.get_by_text("You are out of office then")).to_be_visible()
    assert Absence.objects.get(person__username="eve").delegate.username == "dora"
