"""What moved is told by the measure that the write goes by."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.live_records.drift import drift, moved_fields, three_values
from orchestrator.commits.comparison import Finding, compare

pytestmark = pytest.mark.req("A5")
VALUES = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "5", "5.0", "a"])
FIELDS = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


def change(**given):
    return SimpleNamespace(
        **{
            "position": 0,
            "operation": "update",
            "object_name": "Opportunity",
            "record_id": "006",
            "record_label": "Northwind",
            "fields": {"StageName": "Closed"},
            "depends_on": ["Amount"],
            "base": {"StageName": "New", "Amount": 5.0, "NextStep": "x"},
            **given,
        }
    )


class TestDrift:
    def test_names_what_is_touched_or_depended_on(self):
        now = {0: {"StageName": "Old", "Amount": 6, "NextStep": "y"}}

        assert drift([change()], now) == {0: {"StageName": "Old", "Amount": 6}}

    def test_finds_one_value_in_two_spellings(self):
        assert drift([change()], {0: {"StageName": "New", "Amount": "5.00"}}) == {}

    def test_knows_a_record_that_is_gone(self):
        assert drift([change()], {0: None}) == {0: None}

    def test_says_nothing_of_what_nobody_read(self):
        assert drift([change(), change(position=1, base=None)], {1: {}}) == {}

    def test_watches_all_of_what_is_deleted(self):
        found = drift(
            [change(operation="delete", fields={}, depends_on=[])], {0: {"NextStep": "y"}}
        )

        assert moved_fields(found) == ["StageName", "Amount", "NextStep"]

    @given(FIELDS, FIELDS, st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4))
    def test_agrees_with_the_comparison_before_the_write(self, base, now, fields):
        base = {**dict.fromkeys([*fields, "d"]), **base}
        judged = compare(operation="update", base=base, now=now, proposed=fields, depends_on=["d"])

        found = drift([change(base=base, fields=fields, depends_on=["d"])], {0: now})

        assert bool(found) == (judged.finding == Finding.MOVED)
        assert moved_fields(found) == [each.field for each in judged.differences]


class TestThreeValues:
    def test_are_what_was_is_and_should_be(self):
        now = {0: {"StageName": "Old", "Amount": 5}}
        (told,) = three_values([change()], drift([change()], now), now)

        assert told["fields"] == [
            {"field": "StageName", "then": "New", "now": "Old", "proposed": "Closed"}
        ]
        assert not told["gone"]

    def test_have_no_image_of_what_is_gone(self):
        (told,) = three_values([change()], {0: None}, {0: None})

        assert (told["gone"], told["fields"], told["now"]) == (True, [], None)
