"""How long reading takes, and what came sooner than that."""

import datetime as dt

import pytest

from approvals.attention import words
from approvals.attention.speed import (
    ENOUGH,
    LEAST,
    MOST_WORDS,
    Material,
    Shown,
    differing,
    material_of,
    material_of_lines,
)

pytestmark = pytest.mark.req("A6")


def seconds(number):
    return dt.timedelta(seconds=number)


def of(*, reason="", evidence=(), **fields):
    changes = [Shown("Northwind renewal", fields)]
    return material_of(title="", reason=reason, changes=changes, evidence=evidence)


class TestMaterial:
    def test_counts_the_record_its_fields_and_the_reason(self):
        material = of(reason="No answer for 42 days.", StageName=("Prospecting", "Closed Lost"))

        assert material.changed_fields == 1
        # Two of the name, one of the field, three of its values, five of the reason.
        assert material.needed == 2 + 1 + 3 + 5

    def test_of_a_long_text_counts_what_differs(self):
        old = "The buyer asked for a call on Monday and for the new price"

        assert differing(old, f"{old} list") == 1
        assert differing(old, old) == 0

    def test_of_a_value_without_an_end_counts_so_many_words(self):
        assert differing("", "word " * 10_000) == MOST_WORDS

    def test_counts_evidence_for_what_reading_takes_but_asks_nobody_to_have_skimmed_it(self):
        bare, proven = of(reason="Why."), of(reason="Why.", evidence=["quote " * 100])

        assert proven.takes > bare.takes
        assert proven.least == bare.least

    def test_of_a_new_record_counts_every_value(self):
        assert of(Name=(None, "Acme Ltd"), Phone=(None, "1")).needed == 2 + 3 + 2

    def test_of_a_deleted_record_asks_for_one_look(self):
        assert of().changed_fields == 1


class TestTooFast:
    def test_is_less_than_skimming_the_change_and_its_reason(self):
        # 75 words are skimmed in ten seconds.
        material = Material(changed_fields=3, needed=75)

        assert material.too_fast(seconds(9.9))
        assert not material.too_fast(seconds(10))

    def test_tells_a_quick_reader_nothing(self):
        """Whoever reads at the pace of the average adult is far from it."""
        material = Material(changed_fields=3, needed=300)

        assert not material.too_fast(seconds(300 / 238 * 60 / 1.8))

    def test_asks_for_a_moment_even_for_a_word(self):
        assert Material(1, 1).least == LEAST

    def test_asks_nobody_for_more_than_a_minute(self):
        assert not Material(1, 100_000).too_fast(ENOUGH)


class TestLines:
    def test_reads_once_what_stands_in_every_line(self):
        what = "StageName Prospecting to Qualification"
        alike = [(f"Deal {number}", what) for number in range(9)]
        different = [(f"Deal {number}", f"{what} {number}") for number in range(9)]

        assert material_of_lines(alike).needed == 9 * 2 + 4
        assert material_of_lines(different).needed > 3 * material_of_lines(alike).needed / 2

    def test_counts_its_lines(self):
        assert material_of_lines([("Deal 1", "x"), ("Deal 2", "x")]).changed_fields == 2


class TestWords:
    def test_say_it_kindly_and_in_round_figures(self):
        said = words.hasty_words(changes=6, took=seconds(4.9), takes=seconds(21))

        assert said == "You approved 6 changes in 4 s. Reading them takes about 20 s."

    def test_speak_of_one_change_as_of_one(self):
        said = words.hasty_words(changes=1, took=seconds(0.4), takes=seconds(3))

        assert said == "You approved 1 change in 0 s. Reading it takes about 5 s."

    def test_of_a_list_leave_room_for_having_read_it_before(self):
        said = words.hasty_list_words(lines=31, took=seconds(3), takes=seconds(290))

        assert said.startswith("You had this list of 31 before you for 3 s.")
        assert "about 5 min; if you had read them in your inbox before, all is well." in said
