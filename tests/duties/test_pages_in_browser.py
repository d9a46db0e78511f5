"""The pages of duties in a real browser: both themes, both sizes, by keyboard."""

import pytest
from playwright.sync_api import expect

from orchestrator.duties.models import DutyLine
from orchestrator.duties.states import DutyKind
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.duties.scene import duty, line, opened, set_up, sign, sign_all, staff
from tests.factories import get_user
from tests.pages import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("B4", "I4")]


@pytest.fixture
def review(crm):
    staff()
    set_up()
    opened(DutyKind.WORKFLOW_AUDIT)
    opened(DutyKind.EXCEPTION_REVIEW)
    return opened()


@pytest.fixture
def visit(live_server, context):
    def come(path, name="dora"):
        cookie = signed_in(name).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    return come


def faults_of(page, name: str, *, theme: str = "light") -> list[str]:
    """Return the barriers of a page in one theme, and on a phone what does not fit."""
    page.emulate_media(color_scheme=theme)
    found = [f"{name}, {theme}: {fault}" for fault in accessibility_faults(page)]
    page.set_viewport_size(PHONE)
    if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        found.append(f"{name} is wider than a phone")
    page.set_viewport_size(DESKTOP)
    return found


def test_every_page_is_open_to_everybody(review, visit):
    audit = duty(DutyKind.WORKFLOW_AUDIT).rounds.get()
    sign(line(review, "grant"), get_user("frank"))
    sign(line(review, "member", subject_id="deal-desk:ben"), get_user("dora"), "revoke")
    page, found = visit("/duties/"), []
    # What a page is made of is the same on several; each part is looked at in both themes.
    for path, theme in (
        ("?tab=open", "light"),
        ("?tab=coming", "dark"),
        (f"{review.pk}/?show=all", "light"),
        (f"{audit.pk}/", "dark"),
        (f"{review.pk}/print/", "light"),
        (f"arrange/{review.duty_id}/", "dark"),
    ):
        page.goto(page.url.split("/duties/")[0] + "/duties/" + path)
        found += faults_of(page, path, theme=theme)

    assert found == []


def test_a_round_is_signed_by_keyboard_line_by_line_and_finished(review, visit):
    first, *others = review.lines.filter(subject_kind="grant")
    page = visit(f"/duties/{review.pk}/")
    page.evaluate("window.stays = true")
    row = page.locator(f"#line-{first.pk}")

    # Without words nothing is revoked, and it says so.
    row.get_by_role("button", name="Revoke").click()
    expect(page.locator("[data-problem]")).to_contain_text("Say why in a sentence")
    row.get_by_label("Words on line 1").focus()
    page.keyboard.type("Not needed any more.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row.get_by_text("Revoked")).to_be_visible()
    expect(page.locator("#duty-progress")).to_contain_text(f"1 of {review.lines.count()}")
    expect(row.locator(".duty-line")).to_be_focused()
    assert page.evaluate("window.stays")
    assert DutyLine.objects.get(pk=first.pk).said == "Not needed any more."

    for each in others:
        page.locator(f"#line-{each.pk}").get_by_role("checkbox").check()
    page.get_by_role("button", name="Sign the chosen").click()
    expect(page.get_by_text("Signed 2 of 2 chosen lines.")).to_be_visible()

    sign_all(review, get_user("dora"), get_user("frank"), staff())
    page.keyboard.press("f")
    page.get_by_label("What it came to").fill("One grant is gone; everything else stays.")
    page.get_by_role("button", name="Finish the round").click()
    expect(page.get_by_text("Finished by")).to_be_visible()
    assert faults_of(page, "done", theme="dark") == []
