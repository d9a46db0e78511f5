"""Comparing a record with what was approved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.commits.comparison import Finding, compare, differences_after, same_value

VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())


def compared(base, now, proposed=None, depends_on=(), operation="update"):
    return compare(
        operation=operation,
        base=base,
        now=now,
        proposed={"Stage": "B"} if proposed is None else proposed,
        depends_on=depends_on,
    )


class TestCompare:
    def test_an_untouched_record_is_as_approved(self):
        assert compared({"Stage": "A"}, {"Stage": "A"}).finding == Finding.AS_APPROVED

    def test_a_touched_field_that_differs_has_moved(self):
        found = compared({"Stage": "A"}, {"Stage": "C"})

        assert found.finding == Finding.MOVED
        assert found.differences[0].as_json() == {
            "field": "Stage",
            "then": "A",
            "now": "C",
            "proposed": "B",
        }

    def test_a_field_it_depends_on_counts_like_a_touched_one(self):
        found = compared(
            {"Stage": "A", "Amount": 1}, {"Stage": "A", "Amount": 2}, depends_on=["Amount"]
        )

        assert [difference.field for difference in found.differences] == ["Amount"]

    def test_other_fields_do_not_matter(self):
        found = compared({"Stage": "A", "Note": "x"}, {"Stage": "A", "Note": "y"})

        assert found.finding == Finding.AS_APPROVED

    def test_says_when_the_record_is_as_proposed_already(self):
        found = compared({"Stage": "A"}, {"Stage": "B"})

        assert (found.finding, found.there) == (Finding.MOVED, True)

    def test_a_missing_record_is_gone(self):
        assert compared({"Stage": "A"}, None).finding == Finding.GONE

    def test_a_deleted_record_is_gone_and_that_was_asked_for(self):
        found = compared({"Name": "A"}, None, proposed={}, operation="delete")

        assert (found.finding, found.there) == (Finding.GONE, True)

    def test_a_record_to_delete_must_be_as_it_was(self):
        found = compared({"Name": "A"}, {"Name": "B"}, proposed={}, operation="delete")

        assert found.finding == Finding.MOVED

    def test_a_create_wants_nothing_to_be_there(self):
        assert compared({}, None, operation="create").finding == Finding.AS_APPROVED
        assert compared({}, {"Stage": "B"}, operation="create").finding == Finding.EXISTS


class TestSameValue:
    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ("250000.00", 250000.0),
            (5, 5.0),
            (None, ""),
            ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000+0000"),
            ("2026-11-21", "2026-11-21"),
        ],
    )
    def test_is_one_value_to_the_system_of_record(self, left, right):
        assert same_value(left, right)
        assert same_value(right, left)

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ("01", "1"),
            (True, 1),
            (False, None),
            (0, None),
            (0.1, 0.10000001),
            ("a", "A"),
            ("2026-11-21", "2026-11-22"),
            ("2026-11-21T10:00:00Z", "2026-11-21T10:00:01Z"),
            ("9007199254740993", 9007199254740992),
        ],
    )
    def test_is_not(self, left, right):
        assert not same_value(left, right)
        assert not same_value(right, left)

    @given(VALUES)
    def test_everything_is_itself(self, value):
        assert same_value(value, value)

    @given(VALUES, VALUES)
    def test_the_order_does_not_matter(self, left, right):
        assert same_value(left, right) == same_value(right, left)


class TestDifferencesAfter:
    def test_is_silent_when_everything_reads_back(self):
        assert differences_after(wanted={"Amount": "5.00"}, found={"Amount": 5}) == []

    def test_names_what_does_not(self):
        assert differences_after(wanted={"Name": "ab "}, found={"Name": "ab"}) == [
            {"field": "Name", "wanted": "ab ", "found": "ab"}
        ]

    def test_a_record_that_is_gone_lacks_every_field(self):
        assert len(differences_after(wanted={"A": None, "B": 1}, found=None)) == 2
