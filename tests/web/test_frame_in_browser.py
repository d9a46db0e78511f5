"""The frame of every page in a real browser: keys, themes, contrast, time, and no script at all."""

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, BrowserContext, Page, expect

from orchestrator.web.badges import KINDS
from orchestrator.web.time_left import time_left
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.web.frame import ANONYMOUS, PARTS, Frame, navigation

AT = dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.UTC)
NARROWEST = {"width": 320, "height": 640}


def row(name: str, minutes: int) -> SimpleNamespace:
    """Return one row of the sample list."""
    return SimpleNamespace(name=name, due=AT + dt.timedelta(minutes=minutes), start=AT)


SAMPLE = {
    "rows": [row("first", 12), row("second", 600)],
    "at": AT,
    "kinds": KINDS,
    "digest": "9f2c1b7e" * 8,
    "problem": {"title": "Not what you saw", "detail": "open it again.", "code": "stale_state"},
}


@pytest.fixture
def frame(context: BrowserContext) -> Frame:
    """A browser that shows templates."""
    return Frame(context)


@pytest.fixture
def parts(frame: Frame) -> Page:
    """A page with every shared part on it."""
    return frame.show(PARTS, **SAMPLE)


def focused(page: Page) -> str:
    """Return the text of the element that has the focus."""
    text: str = page.evaluate("document.activeElement.textContent.trim()")
    return text


class TestKeys:
    def test_j_and_k_walk_the_rows_and_enter_opens_the_marked_one(self, parts):
        walked = []
        for key in "jjjk":
            parts.keyboard.press(key)
            walked.append(focused(parts))

        assert walked == ["first", "second", "second", "first"]
        parts.keyboard.press("Enter")
        parts.wait_for_url("**/#first")

    def test_a_approves_once_however_often_it_is_pressed(self, parts):
        parts.evaluate(
            "window.sent = 0; addEventListener('submit', event => {"
            " window.sent += !event.defaultPrevented; event.preventDefault(); })"
        )
        for _ in range(3):
            parts.keyboard.press("a")

        assert parts.evaluate("window.sent") == 1

    def test_a_sends_the_form(self, frame, parts):
        parts.keyboard.press("a")
        parts.wait_for_url("**/approved/")

        assert frame.requests.count("POST /approved/") == 1

    def test_x_opens_the_panel_and_escape_closes_it(self, parts):
        parts.keyboard.press("x")
        expect(parts.locator("#why")).to_be_focused()
        parts.keyboard.press("Escape")

        expect(parts.locator("#why")).to_be_hidden()

    def test_letters_that_somebody_types_do_nothing_else(self, frame, parts):
        parts.keyboard.press("x")
        parts.keyboard.type("axja")

        expect(parts.locator("#why")).to_have_value("axja")
        assert "POST /approved/" not in frame.requests

    def test_keys_with_a_modifier_stay_the_browsers_own(self, frame, parts):
        parts.keyboard.press("Alt+a")
        parts.wait_for_timeout(100)

        assert "POST /approved/" not in frame.requests

    def test_can_be_switched_off_for_good(self, frame, parts):
        parts.keyboard.press("?")
        parts.get_by_label("Single-key shortcuts are on").uncheck()
        parts.get_by_role("button", name="Close").click()
        parts.reload()
        parts.keyboard.press("j")

        assert focused(parts) != "first"
        expect(parts.locator("[data-key=a] kbd")).to_be_hidden()


class TestTheme:
    @pytest.mark.parametrize("system", ["light", "dark"])
    def test_follows_the_system_until_somebody_chooses(self, frame, parts, system):
        parts.emulate_media(color_scheme=system)

        expect(parts.locator("html")).to_have_attribute("data-bs-theme", system)

    def test_remembers_what_was_chosen(self, parts):
        parts.emulate_media(color_scheme="light")
        parts.get_by_role("button", name="Switch to the dark theme").click()
        parts.reload()

        expect(parts.locator("html")).to_have_attribute("data-bs-theme", "dark")


class TestTime:
    @pytest.mark.parametrize("minutes", [-61, -1, 1, 14, 59, 60, 61, 1439, 1440, 4000])
    def test_says_the_same_in_the_browser_as_on_the_server(self, frame, minutes):
        due = AT + dt.timedelta(minutes=minutes, seconds=5)
        frame.context.clock.install(time=AT)
        page = frame.show('{% extends "base.html" %}{% load display %}{% block content %}'
                          "{% time_left due at=long_ago %}{% endblock %}",
                          due=due, long_ago=AT - dt.timedelta(days=400))  # fmt: skip

        expect(page.locator("time")).to_have_text(time_left(due=due, at=AT).text)

    def test_passes_while_the_page_is_open(self, frame):
        frame.context.clock.install(time=AT)
        page = frame.show(PARTS, **SAMPLE)
        page.clock.fast_forward(10 * 60 * 1000 + 15_000)

        expect(page.locator("time").first).to_have_text("1 min left")
        expect(page.locator(".time-left").first).to_have_class("time-left time-left-late")


class TestAccess:
    @pytest.mark.parametrize(
        ("theme", "size", "state"),
        [
            ("light", DESKTOP, "running"),
            ("light", PHONE, "halting"),
            ("light", DESKTOP, "halted"),
            ("dark", PHONE, "running"),
            ("dark", DESKTOP, "halting"),
            ("dark", PHONE, "halted"),
        ],
    )
    def test_no_fault_of_any_weight(self, frame, theme, size, state):
        page = frame.show(PARTS, **SAMPLE, nav=navigation(state, "2 in flight."))
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(size)

        assert (
            accessibility_faults(page, impacts=("minor", "moderate", "serious", "critical")) == []
        )

    def test_the_browser_has_nothing_to_complain_about(self, frame, parts):
        parts.wait_for_load_state("networkidle")

        assert frame.complaints == []

    @pytest.mark.parametrize("size", [DESKTOP, PHONE, NARROWEST], ids=["desktop", "phone", "320"])
    def test_nothing_is_wider_than_the_window(self, parts, size):
        parts.set_viewport_size(size)

        assert parts.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    def test_the_skip_link_is_the_first_stop(self, parts):
        parts.keyboard.press("Tab")
        assert focused(parts) == "Skip to content"
        parts.keyboard.press("Enter")

        expect(parts.locator("main")).to_be_focused()

    def test_the_banner_of_a_halt_stays_in_sight(self, frame):
        page = frame.show(PARTS, **SAMPLE, nav=navigation("halted", "Duplicate leads."))
        page.evaluate("scrollTo(0, document.body.scrollHeight)")

        expect(page.get_by_text("Duplicate leads.")).to_be_in_viewport()


class TestFragments:
    SOURCE = (
        '{% extends "base.html" %}{% block content %}'
        '<button id="go" hx-post="{{ to }}" hx-target="#here">Go</button>'
        '<div id="here">before</div>'
        "{% endblock %}"
    )

    def test_take_their_place_and_the_focus(self, frame):
        frame.pages["/fine/"] = '<p data-focus tabindex="-1">after</p>'
        page = frame.show(self.SOURCE, to="/fine/")
        page.click("#go")

        expect(page.locator("#here")).to_have_text("after")
        expect(page.locator("#here p")).to_be_focused()

    @pytest.mark.parametrize("template", ["_problem.html", "problem.html"])
    def test_a_refusal_is_shown_in_its_own_place_and_read_out(self, frame, template):
        problem = {"title": "Stale", "detail": "open it again.", "code": "stale_state"}
        frame.pages["/refused/"] = render_to_string(template, {"problem": problem})
        frame.statuses["/refused/"] = 409
        page = frame.show(self.SOURCE, to="/refused/")
        page.click("#go")

        expect(page.locator("#problems")).to_contain_text("Open it again.")
        expect(page.locator("#problems [data-problem]")).to_be_focused()
        expect(page.locator("#here")).to_have_text("before")
        expect(page.locator("main")).to_have_count(1)

    def test_no_answer_is_said_to_be_no_answer(self, frame):
        page = frame.show(self.SOURCE, to="/unreachable/")
        page.click("#go")

        expect(page.get_by_role("alert")).to_contain_text("No answer from the server")


class TestAnonymous:
    def test_sees_the_frame_without_navigation(self, frame):
        page = frame.show(PARTS, **SAMPLE, user=ANONYMOUS)

        expect(page.get_by_role("link", name="Countersign")).to_be_visible()
        expect(page.get_by_role("navigation", name="Main")).to_have_count(0)


class TestWithoutScript:
    @pytest.fixture
    def plain(self, chromium: Browser) -> Iterator[Page]:
        """A page in a browser that runs no script and prefers dark."""
        context = chromium.new_context(java_script_enabled=False, color_scheme="dark")
        yield Frame(context).show(PARTS, **SAMPLE)
        context.close()

    def test_panels_open_and_forms_are_sent(self, plain):
        plain.locator("summary", has_text="Deny").click()
        expect(plain.get_by_label("Why")).to_be_visible()
        plain.get_by_role("button", name="Approve").click()

        plain.wait_for_url("**/approved/")

    def test_the_theme_is_the_systems(self, plain):
        expect(plain.locator("body")).to_have_css("background-color", "rgb(13, 18, 25)")

    def test_what_needs_a_script_is_not_offered(self, plain):
        expect(plain.get_by_text("Keyboard shortcuts").first).to_be_hidden()
        expect(plain.get_by_role("button", name="Switch to the")).to_have_count(0)
