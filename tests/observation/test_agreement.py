"""Whatever the looks show: a field agrees exactly if somebody else made it as proposed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.commits.comparison import same_value
from orchestrator.observation.agreement import after_look, after_loss, first_result, overall
from orchestrator.observation.states import Result

pytestmark = pytest.mark.req("J7")
values = st.sampled_from([None, "", "Open", "Won", "Lost", 1, 2])
# What each look showed, and whether we ourselves saved the record last; None: it was gone.
looks = st.lists(st.none() | st.tuples(values, st.booleans()), max_size=6)


def final(base, proposed, seen):
    result = first_result(operation="update", base=base, proposed=proposed)
    for one in seen:
        if one is None:
            result = after_loss(result, operation="update")
        else:
            actual, by_us = one
            result = after_look(result, base=base, proposed=proposed, actual=actual, by_us=by_us)
    return result


class TestAnyField:
    @given(values, values, looks)
    def test_agrees_exactly_if_somebody_else_made_it_so(self, base, proposed, seen):
        theirs = [one[0] for one in seen if one is not None and not one[1]]
        made = any(same_value(each, proposed) for each in theirs)

        agreed = final(base, proposed, seen) is Result.AGREED

        assert agreed == (made and not same_value(base, proposed))

    @given(values, values, looks)
    def test_differs_only_if_somebody_else_set_a_third_value(self, base, proposed, seen):
        theirs = [one[0] for one in seen if one is not None and not one[1]]
        if final(base, proposed, seen) is Result.DIFFERED:
            assert any(
                not same_value(each, base) and not same_value(each, proposed) for each in theirs
            )

    @given(values, looks)
    def test_that_was_so_already_says_nothing(self, base, seen):
        assert final(base, base, seen) is Result.ALREADY_SO

    @given(values, values)
    def test_is_untouched_until_somebody_does_something(self, base, proposed):
        if not same_value(base, proposed):
            assert final(base, proposed, [(base, False)] * 3) is Result.UNTOUCHED
            assert final(base, proposed, []) is Result.UNTOUCHED

    @given(values, values)
    def test_is_gone_with_its_record(self, base, proposed):
        if not same_value(base, proposed):
            assert final(base, proposed, [(base, False), None]) is Result.GONE
            assert final(base, proposed, [None, (base, False)]) is Result.UNTOUCHED


class TestTheWhole:
    @given(st.lists(st.sampled_from([each for each in Result if each is not Result.PARTLY])))
    def test_agrees_exactly_if_every_field_that_counts_does(self, results):
        silent = {Result.ALREADY_SO, Result.NOT_COMPARABLE}
        counted = {each for each in results if each not in silent}

        whole = overall(results)

        assert (whole is Result.AGREED) == (counted == {Result.AGREED})
        assert (whole is Result.PARTLY) == (Result.AGREED in counted and len(counted) > 1)
        assert whole in {Result.AGREED, Result.PARTLY, *counted} or not counted

    @pytest.mark.parametrize(
        ("results", "whole"),
        [
            ([], Result.NOT_COMPARABLE),
            ([Result.ALREADY_SO], Result.ALREADY_SO),
            ([Result.ALREADY_SO, Result.NOT_COMPARABLE], Result.NOT_COMPARABLE),
            ([Result.UNTOUCHED, Result.GONE], Result.GONE),
            ([Result.UNTOUCHED, Result.GONE, Result.DIFFERED], Result.DIFFERED),
        ],
    )
    def test_is_named_after_what_says_most(self, results, whole):
        assert overall(results) is whole


def test_a_deletion_agrees_if_the_record_is_gone():
    start = first_result(operation="delete", base=None, proposed=None)

    assert after_loss(start, operation="delete") is Result.AGREED
