"""What goes back together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.validation import MOST_CHANGES
from orchestrator.connectors.base import RecordKey
from orchestrator.rollbacks.grouping import groups_of
from orchestrator.rollbacks.record_plans import Fate, Line, RecordPlan

records = st.lists(
    st.tuples(
        st.lists(st.integers(1, 8), min_size=1, max_size=3, unique=True),
        st.sampled_from(["update", "delete"]),
        st.sampled_from([Fate.RESTORE, Fate.NEWER]),
    ),
    max_size=60,
)


def record(number: int, commits, operation="update", fate=Fate.RESTORE) -> RecordPlan:
    key = RecordKey("Lead", f"00Q{number:012d}AAA")
    line = Line(key=key, field="Name", restored_to="a", now="b", wrote="b", fate=fate)
    names = [f"cmt_{commit}" for commit in commits]
    return RecordPlan(key=key, label="", operation=operation, lines=[line], commits=names)


def many(found) -> list[RecordPlan]:
    return [record(number, *each) for number, each in enumerate(found)]


@given(records)
def test_every_record_that_changes_is_in_one_group_and_no_other_is_in_any(found):
    plans = many(found)

    grouped = [each.key for group in groups_of(plans, ()) for each in group.records]

    assert sorted(grouped) == sorted(each.key for each in plans if each.restored(()))


@given(records)
def test_no_group_is_more_than_one_call_holds(found):
    for group in groups_of(many(found), ()):
        assert sum(each.weight for each in group.records) <= MOST_CHANGES


@given(records)
def test_what_one_commit_wrote_is_in_one_group_unless_it_had_to_be_split(found):
    groups = groups_of(many(found), ())

    whole = [commit for group in groups if not group.split for commit in group.commits]
    split = {commit for group in groups if group.split for commit in group.commits}
    assert len(whole) == len(set(whole))
    assert not split & set(whole)


def test_commits_that_share_a_record_go_back_together():
    plans = [record(1, [2, 1]), record(2, [1]), record(3, [3])]

    assert [group.commits for group in groups_of(plans, ())] == [["cmt_2", "cmt_1"], ["cmt_3"]]


@pytest.mark.parametrize(("count", "parts"), [(12, 1), (13, 2), (25, 3)])
def test_deletes_count_twice(count, parts):
    plans = [record(number, [1], "delete") for number in range(count)]

    assert len(groups_of(plans, ())) == parts


def test_a_newer_value_goes_back_only_when_it_is_ticked():
    plan = record(1, [1], fate=Fate.NEWER)

    assert groups_of([plan], ()) == []
    assert len(groups_of([plan], {plan.lines[0].mark})) == 1
