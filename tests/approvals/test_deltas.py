"""What else there is to say of a difference, and what is known around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.deltas import choices, difference, quarter_note
from approvals.diff import Setting, record_diffs
from approvals.legend import Legend
from approvals.related import track_record
from orchestrator.kernel.hidden import HIDDEN
from tests.approvals.test_diff import change, only_field, values

pytestmark = pytest.mark.req("A5")


class TestWhatElseThereIsToSay:
    @pytest.mark.parametrize(
        ("old", "new", "kind", "words"),
        [
            (20000.0, 25000.0, "currency", "+5,000"),
            (0, 5, "int", "+5"),
            ("10.50", "9.25", "double", "\N{MINUS SIGN}1.25"),
            (60, 40, "percent", ""),
            ("100", "200", "string", ""),
            (5, 5.0, "int", ""),
            (None, 5, "int", ""),
            (True, False, "", ""),
        ],
    )
    def test_is_by_how_much_a_number_changes(self, old, new, kind, words):
        assert difference(old, new, kind) == words

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("2026-12-15", "2026-12-31", ""),
            ("2026-12-15", "2027-01-02", "past the end of Q4 2026"),
            ("2027-01-02", "2026-09-30", "back into Q3 2026"),
            ("2026-12-15", "soon", ""),
            (None, "2026-12-15", ""),
        ],
    )
    def test_is_which_quarter_a_date_leaves(self, old, new, words):
        assert quarter_note(old, new) == words

    @given(values, values, st.sampled_from(["", "currency", "int", "percent", "string"]))
    def test_is_words_or_nothing_for_any_two_values(self, old, new, kind):
        assert isinstance(difference(old, new, kind), str)
        assert isinstance(quarter_note(old, new), str)

    @given(st.sets(st.sampled_from("ABCDE")), st.sets(st.sampled_from("ABCDE")))
    def test_is_which_choices_come_and_go(self, had, has):
        found = choices(";".join(sorted(had)), ";".join(sorted(has)))

        assert set(found.added) == has - had
        assert set(found.removed) == had - has
        assert set(found.kept) == had & has

    def test_is_that_a_value_goes_and_none_takes_its_place(self):
        assert only_field(fields={"NextStep": ""}, base={"NextStep": "Call"}).cleared
        assert not only_field(fields={"NextStep": ""}, base={"NextStep": None}).cleared


class TestTheSettingOfAChange:
    def test_puts_what_is_there_now_beside_what_was_read(self):
        (record,) = record_diffs(
            [change(fields={"Amount": 30}, base={"Amount": 10, "StageName": "New"})],
            setting=Setting(drift={0: {"Amount": 20, "StageName": "Won"}}),
        )
        amount, stage = record.fields

        assert (amount.then, amount.old, amount.new, amount.moved) == (10, 20, 30, True)
        assert amount.delta.text == "+50%"
        assert (stage.watched, stage.then, stage.old) == (True, "New", "Won")
        assert record.then_words == "When read"

    def test_says_that_the_record_is_gone(self):
        (record,) = record_diffs(
            [change(fields={"Amount": 30}, base={"Amount": 10})], setting=Setting(drift={0: None})
        )

        assert record.gone
        assert not record.three_way

    def test_gives_the_words_of_the_crm_and_the_numbers_of_the_evidence(self):
        legend = Legend(
            labels={"Opportunity.StageName": "Stage", "Opportunity.Amount": "Amount"},
            kinds={"Opportunity.Amount": "currency", "Opportunity.OwnerId": "reference"},
            picklists={"Opportunity.StageName": {"won": "Closed won"}},
            references={"Opportunity.OwnerId": ("User",)},
            names={"005": "Mina"},
            currencies={0: "EUR"},
        )
        fields = {"StageName": "won", "Amount": 5, "OwnerId": "005"}
        (record,) = record_diffs(
            [change(fields=fields, base=dict.fromkeys(fields))],
            setting=Setting(legend=legend, exhibits={(0, "Amount"): [2]}),
        )
        shown = {field.name: field for field in record.fields}

        assert (shown["StageName"].label, shown["StageName"].new.words) == ("Stage", "Closed won")
        assert (shown["Amount"].label, shown["Amount"].kind) == ("", "currency:EUR")
        assert shown["Amount"].exhibits == [2]
        assert (shown["OwnerId"].new, shown["OwnerId"].new.words) == ("005", "Mina")

    def test_gives_no_words_for_what_is_hidden(self):
        legend = Legend(picklists={"Opportunity.StageName": {HIDDEN: "Closed won"}})
        (record,) = record_diffs(
            [change(fields={"StageName": HIDDEN}, base={"StageName": HIDDEN})],
            setting=Setting(legend=legend),
        )

        assert record.fields[0].hidden
        assert not hasattr(record.fields[0].new, "words")


class TestTrackRecord:
    def test_is_nothing_before_the_first_ended(self):
        assert track_record([]) is None

    def test_says_what_came_of_them_and_what_was_edited_or_taken_back(self):
        latest = [("committed", True), ("reverted", False), ("denied", False), ("expired", False)]

        found = track_record(latest)

        assert (
            found.words == "2 of 4 approved, 1 denied, 1 expired, 1 edited by people, 1 taken back"
        )
        assert found.tone == "quiet"

    def test_warns_where_most_come_to_nothing(self):
        assert track_record([("denied", False)] * 3 + [("committed", False)] * 2).tone == "warn"

    def test_warns_where_much_is_taken_back(self):
        assert track_record([("committed", False)] * 8 + [("reverted", False)]).tone == "warn"
