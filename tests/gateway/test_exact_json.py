"""JSON is read exactly, or refused with a sentence that helps."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.gateway.exact_json import BadJson, read

SAFE_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | SAFE_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SAFE_TEXT, inner, max_size=4),
    max_leaves=20,
)


class TestRead:
    @given(VALUES)
    def test_returns_what_was_written(self, value):
        assert read(json.dumps(value).encode()) == value

    @pytest.mark.parametrize(
        "body",
        [
            b'{"a": 1, "a": 2}',
            b'{"a": {"b": 1, "b": 1}}',
            b"NaN",
            b"Infinity",
            b"1e400",
            b"9007199254740993",
            b"0.12345678901234567890",
            b'"\\u0000"',
            b'{"\\u0000": 1}',
            b'"\\ud800"',
            b"\xff",
            b"",
            b"{",
            b"[" * 100_000,
        ],
    )
    def test_refuses_what_it_could_not_give_back(self, body):
        with pytest.raises(BadJson):
            read(body)

    @given(st.binary(max_size=200))
    def test_never_fails_in_another_way(self, body):
        with suppress(BadJson):
            assert read(body) == json.loads(body)
