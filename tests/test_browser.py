"""The accessibility check finds faults, also under the strictest content security policy."""

from tests.browser import accessibility_faults

STRICT = {"Content-Security-Policy": "default-src 'none'", "Content-Type": "text/html"}
GOOD = "<!doctype html><html lang=en><title>Inbox</title><main><h1>Inbox</h1></main>"


def show(page, html: str) -> None:
    page.route("http://page.test/", lambda route: route.fulfill(body=html, headers=STRICT))
    page.goto("http://page.test/")


class TestAccessibilityFaults:
    def test_names_the_rule_and_the_element(self, page):
        show(page, GOOD + '<img src="chart.png">')

        faults = accessibility_faults(page)

        assert len(faults) == 1
        assert faults[0].startswith("image-alt (critical): img")

    def test_is_empty_for_a_page_without_faults(self, page):
        show(page, GOOD)

        assert accessibility_faults(page) == []
