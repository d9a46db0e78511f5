"""Typed differences: how far, how much, what was claimed, what moved."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.deltas import delta, kind_of, same
from approvals.diff import in_order, record_diffs

values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates().map(str)


def change(**given) -> SimpleNamespace:
    return SimpleNamespace(
        **{
            "position": 0,
            "operation": "update",
            "object_name": "Opportunity",
            "record_id": "006",
            "external_id": "",
            "fields": {},
            "expect": {},
            "base": {},
            "record_label": "Northwind",
            **given,
        }
    )


def only_field(**given):
    (record,) = record_diffs([change(**given)])
    (field,) = record.fields
    return field


class TestDelta:
    @pytest.mark.parametrize(
        ("old", "new", "kind", "words", "tone"),
        [
            (120000, 148500, "currency", "+23.8%", "warn"),
            (100, 110, "", "+10%", "quiet"),
            (100.0, 75, "double", "\N{MINUS SIGN}25%", "warn"),
            ("120000.00", "148500.00", "currency", "+23.8%", "warn"),
            (-10, 10, "", "+200%", "warn"),
            (10000, 10001, "", "under 0.1%", "quiet"),
            (1, 500, "", "\N{MULTIPLICATION SIGN}500", "warn"),
            (60, 40, "percent", "\N{MINUS SIGN}20 points", "quiet"),
            ("2026-12-15", "2026-11-20", "", "\N{MINUS SIGN}25 days", "quiet"),
            ("2026-12-15", "2027-03-15", "date", "+90 days", "warn"),
            ("2026-12-15", "2026-12-16", "date", "+1 day", "quiet"),
        ],
    )
    def test_says_how_far(self, old, new, kind, words, tone):
        found = delta(old, new, kind)

        assert found is not None
        assert (found.text, found.tone) == (words, tone)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (0, 5),
            (None, 5),
            (5, None),
            (True, False),
            ("a", "b"),
            ("100", "200"),
            (5, 5.0),
            ("2026-12-15", "soon"),
            ("2026-12-15", "2026-12-15"),
            (float("nan"), 1),
        ],
    )
    def test_says_nothing_where_it_would_mislead(self, old, new):
        assert delta(old, new) is None

    @given(values, values, st.sampled_from(["", "currency", "percent", "date", "nonsense"]))
    def test_answers_for_any_two_values(self, old, new, kind):
        found = delta(old, new, kind)

        assert found is None or found.text


class TestSame:
    @pytest.mark.parametrize(
        ("left", "right"), [(5, 5.0), (5, "5.00"), (None, ""), ("a", "a"), (True, True)]
    )
    def test_sees_one_value(self, left, right):
        assert same(left, right)

    @pytest.mark.parametrize(
        ("left", "right"), [(5, 6), ("5", "5.0"), (None, 0), (False, None), (True, 1), ("a", "A")]
    )
    def test_sees_two_values(self, left, right):
        assert not same(left, right)


class TestKindOf:
    def test_knows_dates_and_times_by_their_spelling(self):
        assert kind_of("2026-12-15", None) == "date"
        assert kind_of("2026-12-15T10:00:00Z", "2026-12-16T10:00:00+00:00") == "datetime"
        assert kind_of("2026-12-15", "2026-12-15T10:00:00Z") == ""
        assert kind_of("2026-13-45") == ""
        assert kind_of(5, "2026-12-15") == ""


class TestInOrder:
    def test_puts_amounts_before_words(self):
        kinds = {"NextStep": "string", "Amount": "currency", "StageName": "picklist"}

        assert in_order(["NextStep", "StageName", "Amount"], kinds) == [
            "Amount",
            "StageName",
            "NextStep",
        ]


@pytest.mark.req("A5")
class TestAnUpdate:
    def test_shows_what_we_read_and_not_what_the_agent_believed(self):
        field = only_field(
            fields={"StageName": "Closed"}, base={"StageName": "New"}, expect={"StageName": "Old"}
        )

        assert (field.old, field.new) == ("New", "Closed")
        assert field.claimed
        assert field.claim == "Old"

    def test_says_nothing_of_a_belief_that_was_right(self):
        field = only_field(fields={"Amount": 6}, base={"Amount": 5.0}, expect={"Amount": "5.00"})

        assert not field.claimed

    def test_marks_a_field_that_stays_as_it_is(self):
        assert only_field(fields={"Amount": "5.00"}, base={"Amount": 5.0}).unchanged

    def test_has_no_old_value_before_the_record_was_read(self):
        (record,) = record_diffs([change(fields={"Amount": 6}, base=None)])

        assert not record.known
        assert record.fields[0].delta is None
        assert not record.fields[0].unchanged

    def test_compares_long_texts_word_by_word(self):
        (record,) = record_diffs(
            [change(fields={"Description": "b " * 60, "Name": "x"}, base={"Description": "a"})]
        )

        assert [field.name for field in record.long_fields] == ["Description"]
        assert [field.name for field in record.short_fields] == ["Name"]


class TestACreateAndADelete:
    def test_a_create_is_its_new_values(self):
        (record,) = record_diffs(
            [change(operation="create", record_id="", base=None, fields={"Name": "Priya"})]
        )

        assert record.known
        assert [(field.name, field.new) for field in record.fields] == [("Name", "Priya")]

    def test_a_delete_is_the_values_that_go(self):
        (record,) = record_diffs(
            [change(operation="delete", base={"Name": "Halden", "Phone": None, "Fax": ""})]
        )

        assert [(field.name, field.old) for field in record.fields] == [("Name", "Halden")]


@pytest.mark.req("A5")
class TestAConflict:
    def found(self, **more):
        moved = {"field": "StageName", "then": "New", "now": "Old", "proposed": "Closed"}
        return {"changes": [{"position": 0, "gone": False, "fields": [moved], "now": None, **more}]}

    def test_gives_three_values_and_marks_what_moved(self):
        (record,) = record_diffs(
            [
                change(
                    fields={"StageName": "Closed", "NextStep": "x"},
                    base={"StageName": "Old", "NextStep": "y"},
                )
            ],
            conflict=self.found(),
        )
        by_name = {field.name: field for field in record.fields}

        assert record.three_way
        assert record.moved
        stage, step = by_name["StageName"], by_name["NextStep"]
        assert (stage.then, stage.old, stage.new, stage.moved) == ("New", "Old", "Closed", True)
        assert (step.then, step.old, step.moved) == ("y", "y", False)

    def test_shows_a_field_that_the_change_depends_on(self):
        (record,) = record_diffs(
            [change(fields={"NextStep": "x"}, base={"NextStep": "y"})], conflict=self.found()
        )
        watched = record.fields[-1]

        assert (watched.name, watched.watched, watched.old) == ("StageName", True, "Old")

    def test_uses_what_the_comparison_read_until_the_base_is_read_again(self):
        (record,) = record_diffs(
            [change(fields={"StageName": "Closed"}, base=None)],
            conflict=self.found(now={"values": {"StageName": "Old"}}),
        )

        assert record.known
        assert record.fields[0].old == "Old"

    def test_says_that_the_record_is_gone(self):
        (record,) = record_diffs(
            [change(fields={"NextStep": "x"}, base=None)],
            conflict={"changes": [{"position": 0, "gone": True, "fields": [], "now": None}]},
        )

        assert record.gone
        assert not record.three_way
