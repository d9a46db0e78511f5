"""Evidence: what it points at, how old it is, and what it is said to support."""

import pytest

from approvals.evidence import age_of, exhibits, format_of, record_of, supporting
from tests.factories import AT

pytestmark = pytest.mark.req("C1")
CRM = "https://acme.my.salesforce.com"
DEAL = "006000000000001AAA"


def content(*evidence):
    fields = {"Amount": 5, "A/b~c": 1}
    change = {"object": "Opportunity", "id": DEAL, "fields": fields, "expect": {}}
    return {"changes": [change], "evidence": [{"kind": "url", "title": "t", **e} for e in evidence]}


class TestAgeOf:
    @pytest.mark.parametrize(
        ("captured", "words", "old"),
        [
            ("2026-11-18T09:00:00Z", "today", False),
            ("2026-11-17T09:00:00+00:00", "1 day ago", False),
            ("2026-10-19", "1 month ago", False),
            ("2026-08-10", "3 months ago", True),
            ("2024-11-18T09:00:00Z", "2 years ago", True),
            ("2027-01-01", "dated in the future", True),
        ],
    )
    def test_is_in_words_and_warns_of_what_is_old(self, captured, words, old):
        found = age_of(captured, AT)

        assert (found.words, found.old) == (words, old)

    @pytest.mark.parametrize("captured", ["", "soon", "2026-13-01"])
    def test_is_nothing_without_a_moment(self, captured):
        assert age_of(captured, AT) is None


class TestSupporting:
    def test_gives_the_numbers_by_change_and_field(self):
        found = supporting(
            content(
                {"supports": ["/changes/0/fields/Amount"]},
                {"supports": ["/changes/0/fields/A~1b~0c", "/changes/0/expect/Amount"]},
                {"supports": ["/changes/0", "nonsense", "/changes/0/fields/Amount"]},
            )
        )

        assert found == {(0, "Amount"): [1, 2, 3], (0, "A/b~c"): [2]}


class TestRecordOf:
    @pytest.mark.parametrize(
        "path", [f"/lightning/r/Opportunity/{DEAL}/view", f"/Opportunity/{DEAL}"]
    )
    def test_is_the_record_of_an_address_in_this_org(self, path):
        found = record_of({"kind": "salesforce", "href": CRM + path}, CRM)

        assert found == ("Opportunity", DEAL)

    @pytest.mark.parametrize(
        "item",
        [
            {"kind": "url", "href": f"{CRM}/lightning/r/Opportunity/{DEAL}/view"},
            {"kind": "salesforce", "href": f"https://evil.example.com/r/Opportunity/{DEAL}/view"},
            {"kind": "salesforce", "href": f"{CRM}@evil.example.com/r/Opportunity/{DEAL}"},
            {"kind": "salesforce", "href": f"{CRM}/home"},
            {"kind": "salesforce", "href": f"javascript:/r/Opportunity/{DEAL}"},
            {"kind": "salesforce", "href": "https://[broken/r/Opportunity/006"},
            {"kind": "salesforce"},
        ],
    )
    def test_is_nothing_for_any_other_address(self, item):
        assert record_of(item, CRM) is None


class TestExhibits:
    def test_are_numbered_as_the_fields_name_them(self):
        found = exhibits(content({}, {"href": "https://x.example.com/a/Order.PDF?x=1"}), at=AT)

        assert [(each.number, each.format) for each in found] == [(1, ""), (2, "PDF")]

    @pytest.mark.parametrize(
        "href", ["", "https://[broken", "plain", "https://x.example.com/a.exe"]
    )
    def test_have_no_format_where_the_address_names_none(self, href):
        assert format_of(href) == ""
