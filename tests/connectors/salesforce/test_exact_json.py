"""Numbers keep their digits."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.connectors.salesforce.exact_json import (
    Digits,
    dump,
    exact_number,
    read_float,
    read_integer,
)


class TestExactNumber:
    @pytest.mark.parametrize("text", ["0.10", "-12.50", "1e3", "123456789012345678.01", "0"])
    def test_writes_text_with_the_very_digits(self, text):
        assert dump({"Amount": exact_number(text)}) == f'{{"Amount":{text}}}'.encode()

    def test_writes_a_decimal_with_its_trailing_zeros(self):
        assert dump([exact_number(Decimal("1200.50"))]) == b"[1200.50]"
        assert dump([exact_number(Decimal("1E+3"))]) == b"[1000]"

    @pytest.mark.parametrize("value", [None, 5, 2.5, -1])
    def test_leaves_null_and_numbers_alone(self, value):
        assert exact_number(value) == value

    @pytest.mark.parametrize(
        "value",
        [
            "",
            " 1",
            "1,000",
            "+5",
            "05",
            ".5",
            "5.",
            "0x1",
            "NaN",
            "1\u0661",
            True,
            [],
            {},
            float("nan"),
            float("inf"),
            Decimal("NaN"),
            Decimal("Infinity"),
        ],
    )
    def test_refuses_what_is_not_a_number(self, value):
        with pytest.raises(ValueError, match="not a number"):
            exact_number(value)

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
    def test_keeps_every_decimal(self, value):
        written = dump({"Amount": exact_number(value)}).decode()
        assert json.loads(written, parse_float=Decimal, parse_int=Decimal)["Amount"] == value


class TestDump:
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        )
    )
    def test_writes_every_other_value_as_json_does(self, value):
        assert json.loads(dump(value)) == value

    def test_never_takes_text_for_a_number(self):
        assert json.loads(dump({"a": "12.50", "b": Digits("12.50")})) == {"a": "12.50", "b": 12.5}

    def test_refuses_a_float_that_json_cannot_write(self):
        with pytest.raises(ValueError, match="not JSON compliant"):
            dump({"a": float("nan")})


class TestReadFloat:
    @pytest.mark.parametrize("text", ["0.1", "120000.0", "1.5E7", "99999999999.99"])
    def test_gives_a_float_that_is_the_number(self, text):
        assert read_float(text) == float(text)
        assert isinstance(read_float(text), float)

    def test_keeps_the_text_of_a_number_that_a_float_cannot_hold(self):
        assert read_float("1234567890123456.78") == "1234567890123456.78"


class TestReadInteger:
    def test_gives_small_ones_as_they_are_and_large_ones_as_text(self):
        assert read_integer(2**53) == 2**53
        assert read_integer(-(2**53) - 1) == "-9007199254740993"
