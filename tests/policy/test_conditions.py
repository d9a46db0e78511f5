"""Conditions fail closed: only a clear true is true, only a clear false is false."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.conditions import (
    MAX_CHARACTERS,
    BadCondition,
    Judgement,
    compile_condition,
    judge,
    plain,
    referenced_fields,
)


class TestCompileCondition:
    @pytest.mark.parametrize(
        ("text", "position"),
        [("record.Amount >", 15), ("nobody > 1", 0), ("1 + 1", 0), ("", 0)],
    )
    def test_refuses_what_is_no_condition_and_says_where(self, text, position):
        with pytest.raises(BadCondition) as refusal:
            compile_condition(text)
        assert refusal.value.position == position

    def test_refuses_very_long_texts(self):
        with pytest.raises(BadCondition):
            compile_condition("true || " * MAX_CHARACTERS)


class TestJudge:
    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("record.Amount > 5", Judgement.TRUE),
            ("record.Amount > 5000.0", Judgement.FALSE),
            ("record.Missing > 5", Judgement.ERROR),
            ("record.Empty > 5", Judgement.ERROR),
            ("record.Amount > 'a'", Judgement.ERROR),
            ("record.Amount", Judgement.ERROR),
            ("record.Amount >", Judgement.ERROR),
        ],
    )
    def test_says_true_false_or_error(self, text, answer):
        variables = {"record": plain({"Amount": 60, "Empty": None})}
        assert judge(text, variables) == answer

    def test_stops_nested_loops(self):
        rows = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]"
        inner = "true"
        for name in "abcdefgh":
            inner = f"{rows}.all({name}, {inner})"
        assert judge(inner, {}) == Judgement.ERROR

    @given(st.text(max_size=60))
    def test_never_raises_whatever_the_text(self, text):
        assert judge(text, {"record": {}}) in Judgement


class TestReferencedFields:
    def test_names_what_has_to_be_read(self):
        text = "record.Amount > 5.0 && change.new.StageName != change.old.Owner__c"
        assert referenced_fields(text) == {"Amount", "StageName", "Owner__c"}
