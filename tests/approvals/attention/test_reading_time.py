"""What a page says of how long it takes to read."""

import pytest

from approvals.templatetags.attention import reading_time

pytestmark = pytest.mark.req("A6")


def content(*, quote="", **fields):
    return {
        "title": "Back to qualification",
        "reason": {"code": "stalled_30d", "text": "No answer for 42 days."},
        "changes": [{"object": "Opportunity", "fields": fields}],
        "evidence": [{"title": "Last mail", "quote": quote}],
    }


def test_is_a_round_figure():
    assert reading_time(content(StageName="Qualification")) == "5 s"


def test_counts_what_is_quoted():
    assert reading_time(content(quote="word " * 200)) == "55 s"


def test_stays_sensible_however_much_there_is():
    assert reading_time(content(quote="word " * 100_000, Description="word " * 100_000)) == "105 s"


def test_knows_a_quotation_that_is_not_there():
    assert reading_time({**content(), "evidence": [{"title": "Notes", "quote": None}]}) == "5 s"
