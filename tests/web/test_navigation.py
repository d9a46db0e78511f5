"""The links at the top of every page."""

import pytest
from django.template import engines
from django.test import RequestFactory

from tests.web.reading import read


def link(arguments: str, path: str) -> dict[str, str]:
    """Return the attributes of a link as shown on the page at `path`."""
    source = "{% load navigation %}{% nav_link " + arguments + " %}"
    html = engines["django"].from_string(source).render({"request": RequestFactory().get(path)})
    return next(attributes for tag, attributes in read(html).elements if tag == "a")


class TestNavLink:
    @pytest.mark.parametrize(
        ("arguments", "path", "current"),
        [
            ('"/" "Inbox" "inbox" also="/proposals/"', "/", "page"),
            ('"/" "Inbox" "inbox" also="/proposals/"', "/proposals/prp_1/", "true"),
            ('"/" "Inbox" "inbox" also="/proposals/"', "/ledger/", None),
            ('"/ledger/" "Ledger" "book-2" also="/records/"', "/ledger/12/", "true"),
            ('"/ledger/" "Ledger" "book-2" also="/records/"', "/records/Lead/1/", "true"),
            ('"/agents/" "Agents" "robot"', "/workflows/", None),
        ],
    )
    def test_knows_where_the_reader_is(self, arguments, path, current):
        assert link(arguments, path).get("aria-current") == current

    def test_caps_its_count(self):
        source = '{% load navigation %}{% nav_link "/" "Inbox" "inbox" count=1234 %}'

        assert read(engines["django"].from_string(source).render({})).text().strip() == "Inbox99+"


class TestNavMore:
    @pytest.mark.parametrize(
        ("path", "current"),
        [("/agents/deal-bot/", "/agents/"), ("/", None), ("/ledger/9/", "/ledger/")],
    )
    def test_says_which_of_its_pages_is_open(self, path, current):
        template = engines["django"].from_string("{% load navigation %}{% nav_more %}")
        page = read(template.render({"request": RequestFactory().get(path)}))

        marked = [a["href"] for tag, a in page.elements if tag == "a" and "aria-current" in a]
        summary = next(a for tag, a in page.elements if tag == "summary")
        assert marked == ([current] if current else [])
        assert ("aria-current" in summary) is (current is not None)
