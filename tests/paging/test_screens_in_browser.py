"""Woken at three in the morning: the screens on phones, in both themes, with a thumb."""

import os
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page

from approvals.models import Proposal
from orchestrator.kernel.clock import now
from orchestrator.paging import paging
from orchestrator.paging.models import PageCall
from orchestrator.paging.subjects import PageSubject
from orchestrator.people.models import Role
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.factories import create_draft, create_proposal, get_user
from tests.paging.scene import MINUTE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("I2")]
SHOTS = os.environ.get("COUNTERSIGN_SHOTS", "")
SMALL_PHONE = {"width": 320, "height": 640}
# The smallest target that a thumb hits.
THUMB = 44
RECORD = "006000000000001AAA"
TOO_SMALL = """thumb => [...document.querySelectorAll(
    'main a.btn, main button.btn, main summary.btn, main select, main textarea, .call-top .tool'
  )].filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < thumb)
    .map((each) => each.textContent.trim() || each.outerHTML)"""


@pytest.fixture
def proposal(crm) -> Proposal:
    """Return a proposal that waits, with the deal desk called about it."""
    crm.add(
        "Opportunity",
        RECORD,
        Name="Northwind renewal 2027",
        StageName="Negotiation",
        Amount=20000.0,
        NextStep="Waiting for legal",
        CloseDate="2026-12-15",
    )
    at = now()
    proposal = create_proposal(
        at=at,
        draft=create_draft(
            fields={"StageName": "Qualification", "NextStep": "Call them again"},
            reason_text="No activity for 42 days, and their champion has left the company.",
        ),
    )
    role = Role.objects.get(slug="deal-desk")
    role.group.user_set.add(get_user("cleo"))
    subject = PageSubject(
        kind="proposal",
        id=proposal.pk,
        title="Northwind renewal 2027: back to Qualification",
        path=f"/proposals/{proposal.pk}/page/",
        workflow=proposal.workflow.slug,
        until=proposal.deadline_at,
        barred=tuple(proposal.barred),
    )
    why = "nobody has decided in time"
    paging.page(subject=subject, role=role, why=why, step="page", at=at)
    paging.page_next(subject_kind="proposal", subject_id=proposal.pk, why=why, step="next", at=at)
    return proposal


@pytest.fixture
def failure(proposal) -> PageCall:
    """Return a page about failures, answered by nobody yet."""
    page = paging.page(
        subject=PageSubject(
            kind="failure",
            id="f1",
            title="37 changes could not be written: the CRM does not let our user write StageName",
            path="/failures/",
            workflow="deal-hygiene",
        ),
        role=Role.objects.get(slug="ops-owner"),
        why="nobody dealt with these failures in time",
        step="overdue",
        at=now() - 6 * MINUTE,
    )
    assert page is not None
    return page


def open_as(username: str, chromium, live_server, **options) -> Page:
    context = chromium.new_context(**options)
    client = Client()
    client.force_login(get_user(username))
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    context.set_default_timeout(30_000)
    page: Page = context.new_page()
    return page


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def faults_of(page: Page, address: str, name: str) -> list[str]:
    """Look at one address on phones and on a desk; return what is wrong with it."""
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    for size in (PHONE, SMALL_PHONE, DESKTOP):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.goto(address)
        shoot(page, f"{name}-{size['width']}")
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            faults.append(f"wider than {size['width']}")
        if size != DESKTOP:
            faults += [f"small: {each}" for each in page.evaluate(TOO_SMALL, THUMB)]
    return faults + accessibility_faults(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_screens_are_for_a_thumb_and_for_everybody(
    proposal, failure, chromium, live_server, theme
):
    addresses = {
        "cleo": {"proposal": f"/proposals/{proposal.pk}/page/", "mine": "/pages/"},
        "dora": {"failure": f"/pages/{failure.pk}/", "watching": "/pages/"},
    }
    found = {}
    for name, own in addresses.items():
        page = open_as(name, chromium, live_server, viewport=PHONE, color_scheme=theme)
        for what, address in own.items():
            found[what] = faults_of(page, live_server.url + address, f"{what}-{theme}")
        page.context.close()

    assert found == {what: [] for own in addresses.values() for what in own}


def test_the_screen_of_a_proposal_needs_no_scrolling(proposal, chromium, live_server):
    page = open_as("cleo", chromium, live_server, viewport=PHONE, java_script_enabled=False)
    page.goto(f"{live_server.url}/proposals/{proposal.pk}/page/")

    hidden = []
    bar = page.locator(".call-bar").bounding_box()
    for part in ("h1", ".call-until", ".call-fields", ".call-reason", ".call-evidence"):
        box = page.locator(part).first.bounding_box()
        if box["y"] < 0 or box["y"] + box["height"] > bar["y"]:
            hidden.append(part)

    assert bar["y"] + bar["height"] <= PHONE["height"]
    assert hidden == []
    page.get_by_role("button", name="Acknowledge").click()
    assert PageCall.objects.get(subject_id=proposal.pk).state == "acknowledged"
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("You approved it").wait_for()
    page.context.close()


def test_handing_on_opens_over_the_screen(proposal, chromium, live_server):
    page = open_as("cleo", chromium, live_server, viewport=PHONE, color_scheme="dark")
    page.goto(f"{live_server.url}/proposals/{proposal.pk}/page/")
    page.locator("summary", has_text="Hand on").click()
    shoot(page, "hand-on")
    page.get_by_label("To", exact=True).select_option("ben")
    page.get_by_role("button", name="Call them").click()
    page.get_by_text("Ben is being called").wait_for()

    turns = PageCall.objects.get(subject_id=proposal.pk).turns.all()
    assert [turn.state for turn in turns] == ["unanswered", "handed_on", "calling"]
    page.context.close()


def test_every_page_says_that_one_is_called(proposal, chromium, live_server):
    page = open_as("cleo", chromium, live_server, viewport=DESKTOP)
    page.goto(live_server.url + "/")
    page.locator(".call-pill", has_text="You are called").click()
    page.get_by_role("heading", name="Pages", exact=True).wait_for()
    shoot(page, "pill")
    page.context.close()
