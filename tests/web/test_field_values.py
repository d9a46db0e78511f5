"""Values of fields, for people."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.kernel.named import Named
from orchestrator.web.field_values import EMPTY, value_html
from tests.web.hostile import texts
from tests.web.reading import read

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
KINDS = ["", "currency", "double", "int", "percent", "date", "datetime", "boolean", "string", "id"]


class TestValueHtml:
    @pytest.mark.parametrize("value", [None, ""])
    def test_says_when_there_is_no_value(self, value):
        assert value_html(value) == EMPTY

    @pytest.mark.parametrize(("value", "words"), [(True, "yes"), (False, "no")])
    def test_says_yes_or_no(self, value, words):
        assert value_html(value) == words

    @pytest.mark.parametrize(
        ("value", "kind", "words"),
        [
            (0, "", "0"),
            (1234567, "int", "1,234,567"),
            (Decimal("148500.00"), "currency", "148,500.00"),
            ("148500.00", "currency", "148,500.00"),
            (-1234.5, "double", "-1,234.5"),
            ("20", "percent", "20%"),
            (Decimal("0.1000000000000000000001"), "double", "0.1000000000000000000001"),
        ],
    )
    def test_groups_thousands_and_keeps_every_digit(self, value, kind, words):
        assert value_html(value, kind) == words

    def test_does_not_write_out_a_number_of_a_million_zeros(self):
        assert len(value_html(Decimal("1E+1000000"))) < 50

    def test_leaves_text_that_looks_like_a_number_alone(self):
        assert value_html("148500.00") == "<bdi>148500.00</bdi>"

    @pytest.mark.parametrize(
        ("value", "kind", "words"),
        [
            ("2026-12-05", "date", "5 Dec 2026"),
            (dt.date(2026, 12, 5), "", "5 Dec 2026"),
            ("2026-11-20T16:02:00.000+0000", "datetime", "20 Nov 2026, 16:02 UTC"),
            ("2026-11-20T16:02:07Z", "datetime", "20 Nov 2026, 16:02:07 UTC"),
            (dt.datetime(2026, 11, 20, 16, 2, tzinfo=dt.UTC), "", "20 Nov 2026, 16:02 UTC"),
        ],
    )
    def test_writes_dates_so_that_day_and_month_cannot_be_confused(self, value, kind, words):
        reading = read(value_html(value, kind))

        assert reading.text() == words
        assert reading.tags == {"time"}

    @pytest.mark.parametrize("value", ["2026-13-45", "20261205", "tomorrow", "2026-W49-6"])
    def test_shows_what_is_no_date_as_it_stands(self, value):
        assert value_html(value, "date") == f"<bdi>{value}</bdi>"

    @given(json_values, st.sampled_from(KINDS))
    def test_lets_no_markup_of_the_value_through(self, value, kind):
        reading = read(value_html(value, kind))

        assert reading.tags <= {"bdi", "span", "time", "code"}
        assert all(
            set(attributes) <= {"class", "title", "datetime"} for _, attributes in reading.elements
        )


class TestWordsForValues:
    @pytest.mark.parametrize(
        ("value", "kind", "words"),
        [
            (148500.0, "currency:EUR", "EUR\N{NO-BREAK SPACE}148,500"),
            ("148500.5", "currency:USD", "USD\N{NO-BREAK SPACE}148,500.50"),
            (Decimal("0.125"), "currency:KWD", "KWD\N{NO-BREAK SPACE}0.125"),
            (5, "currency:<b>", "5"),
        ],
    )
    def test_put_the_currency_before_the_amount_without_losing_a_digit(self, value, kind, words):
        assert value_html(value, kind) == words

    def test_show_what_people_call_it_with_the_value_behind(self):
        html = value_html(Named("005A<b>", "Mina \u202eKovač"))

        assert read(html).text() == "Mina ⟦U+202E⟧Kovač 005A<b>"
        assert read(html).tags == {"bdi", "span"}

    @pytest.mark.parametrize(
        ("value", "words"), [(" ", "blank, 1 character"), (" \n ", "blank, 3 characters")]
    )
    def test_tell_blank_from_empty(self, value, words):
        assert read(value_html(value)).text() == words

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=0))
    def test_keep_every_digit_of_money(self, amount):
        shown = value_html(amount, "currency:EUR").partition("\N{NO-BREAK SPACE}")[2]

        assert Decimal(shown.replace(",", "")) == amount
