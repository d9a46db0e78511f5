"""Whatever was written and is there: the judgement is total and never invents a change."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.commits.comparison import same_value
from orchestrator.reconciliation.classification import Found, Users, compare, unreadable
from orchestrator.reconciliation.expectation import Write, expect
from orchestrator.reconciliation.states import Kind

pytestmark = pytest.mark.req("D3")
MOMENT = dt.datetime(2026, 11, 18, 10, 0, tzinfo=dt.UTC)
WRITER, FLOW, PERSON = "005000000000001AAA", "005000000000003AAA", "005000000000002AAA"
USERS = Users(WRITER, (FLOW,))
FIELDS = ("StageName", "Amount", "NextStep")
values = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from(["", "Open", "Won", "1", "=1+1"])
)
people = st.sampled_from([WRITER, FLOW, PERSON])
moments = st.integers(0, 5).map(lambda hours: MOMENT + dt.timedelta(hours=hours))
records = st.dictionaries(st.sampled_from(FIELDS), values, min_size=1)


def image(of, by, at):
    return {"values": dict(of), "modified_by": by, "modified_at": at.isoformat()}


images = st.none() | st.builds(image, records, people, moments)
writes = st.lists(
    st.builds(
        Write,
        commit_id=st.sampled_from(["cmt_1", "cmt_2", "cmt_3"]),
        operation=st.sampled_from(["update", "update", "create", "delete"]),
        fields=records,
        before=images,
        after=images,
    ),
    min_size=1,
    max_size=5,
)
found_records = st.none() | st.builds(Found, records, moments, people)
readable_fields = st.frozensets(st.sampled_from(FIELDS))


class TestAnyHistory:
    @given(writes, found_records, readable_fields)
    def test_is_judged_with_one_verdict_a_field(self, made, found, readable):
        expected = expect(made)

        outcome = compare(expected, found, readable=readable, users=USERS)

        fields = [each.field for each in outcome.differences]
        assert len(fields) == len(set(fields)) <= outcome.fields
        assert set(fields) <= {"", *expected.values}
        assert {each.commit_id for each in outcome.differences} <= {w.commit_id for w in made}

    @given(writes, found_records, readable_fields)
    def test_differs_exactly_where_a_value_does(self, made, found, readable):
        expected = expect(made)

        outcome = compare(expected, found, readable=readable, users=USERS)

        if expected.deleted or found is None:
            assert bool(outcome.differences) == (expected.deleted == (found is not None))
            return
        as_written = {
            name
            for name, written in expected.values.items()
            if name in readable and same_value(written.value, found.values.get(name))
        }
        assert {each.field for each in outcome.differences} == set(expected.values) - as_written

    @given(writes, found_records)
    def test_is_reverted_only_where_the_value_is_back(self, made, found):
        expected = expect(made)

        for each in compare(expected, found, readable=FIELDS, users=USERS).differences:
            if each.field and each.reverted:
                assert same_value(expected.values[each.field].before, each.actual)
                assert not same_value(each.expected, each.actual)

    @given(writes, found_records)
    def test_blames_no_person_where_only_machines_were(self, made, found):
        machines = [
            write for write in made if write.before is None or write.before["modified_by"] != PERSON
        ]
        if not machines or (found is not None and found.modified_by == PERSON):
            return
        outcome = compare(expect(machines), found, readable=FIELDS, users=USERS)

        assert Kind.BY_PERSON not in {each.kind for each in outcome.differences}

    @given(writes)
    def test_of_a_closed_object_is_unreadable_in_every_field(self, made):
        expected = expect(made)

        outcome = unreadable(expected)

        assert {each.kind for each in outcome.differences} == {Kind.UNREADABLE}
        assert outcome.fields == len(outcome.differences) == max(1, len(expected.values))

    @given(writes)
    def test_left_as_it_was_read_back_has_nothing_to_say(self, made):
        expected = expect(made)
        if expected.deleted:
            outcome = compare(expected, None, readable=FIELDS, users=USERS)
        else:
            now = {name: written.value for name, written in expected.values.items()}
            found = Found(now, MOMENT, WRITER)
            outcome = compare(expected, found, readable=FIELDS, users=USERS)

        assert outcome.differences == []


def test_users_are_known_by_short_and_long_ids():
    assert USERS.is_writer(WRITER[:15])
    assert USERS.is_automation(FLOW[:15])
    assert not USERS.is_writer("")
    assert not USERS.is_automation(PERSON)


def test_a_creation_taken_away_names_the_commit_that_made_it():
    made = Write("cmt_1", "create", {"Name": "Ann"}, None, image({"Name": "Ann"}, WRITER, MOMENT))
    later = Write("cmt_2", "update", {"Name": "Bo"}, made.after, made.after)

    (gone,) = compare(expect([made, later]), None, readable=FIELDS, users=USERS).differences

    assert (gone.commit_id, gone.reverted) == ("cmt_1", True)
