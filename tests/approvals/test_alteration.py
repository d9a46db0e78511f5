"""What somebody who decides may make of a proposal: less of it, or other values in it."""

import pytest

from approvals.alteration import Kept, altered
from approvals.problems import InvalidProposal

pytestmark = pytest.mark.req("A4")


def change(op="update", name="Opportunity", record="006000000000001AAA", **values):
    return {
        "op": op,
        "object": name,
        "id": record,
        "external_id": "",
        "fields": {"StageName": "Proposal", "NextStep": "Call"},
        "expect": {"StageName": "Prospecting", "NextStep": "Mail", "Amount": 5},
        "depends_on": ["Amount"],
        **values,
    }


def content(*changes):
    return {"changes": list(changes)}


ONE = content(change())
CREATE = change("create", "Account", "", external_id="acme-7", fields={"Name": "Acme"}, expect={})
BOTH = content(CREATE, change(fields={"NextStep": "acme-7", "StageName": "Proposal"}))


def code(refused):
    return refused.value.code


def test_keeps_the_fields_that_are_named_as_they_were_proposed():
    made = altered(ONE, [Kept(0, {"StageName": "Proposal"})])

    [left] = made.changes
    assert left.fields == {"StageName": "Proposal"}
    assert made.edits == []
    assert made.names_left_out() == ["Opportunity.NextStep"]


def test_forgets_what_the_agent_believed_of_a_field_that_is_left_out():
    [left] = altered(ONE, [Kept(0, {"StageName": "Proposal"})]).changes

    assert left.expect == {"StageName": "Prospecting", "Amount": 5}
    assert list(left.depends_on) == ["Amount"]


def test_puts_other_values_in_and_remembers_the_proposed_ones():
    made = altered(ONE, [Kept(0, {"StageName": "Qualification", "NextStep": "Call"})])

    [edit] = made.edits
    assert (edit.field, edit.proposed, edit.approved) == ("StageName", "Proposal", "Qualification")
    assert made.left_out == []


def test_keeps_a_value_exactly_where_only_its_form_differs():
    asked = content(change(fields={"Amount": 12.5, "NextStep": None, "StageName": "Proposal"}))

    [left] = altered(asked, [Kept(0, {"Amount": "12.50", "NextStep": ""})]).changes

    assert left.fields == {"Amount": 12.5, "NextStep": None}


def test_leaves_a_whole_record_out():
    made = altered(
        content(change(), change(record="006000000000002AAA")),
        [Kept(1, {"NextStep": "Call", "StageName": "Proposal"})],
    )

    assert [each.record_id for each in made.changes] == ["006000000000002AAA"]
    assert list(made.origins) == [1]
    [gone] = made.left_out
    assert (gone.whole, gone.record_id) == (True, "006000000000001AAA")


def test_keeps_a_delete_without_fields():
    asked = content(change("delete", fields={}, expect={}), change(record="006000000000002AAA"))

    assert altered(asked, [Kept(0, {})]).changes[0].operation == "delete"


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ([], "nothing_left"),
        ([Kept(0, {"StageName": "Proposal", "NextStep": "Call"})], "nothing_altered"),
        ([Kept(0, {"StageName": "Proposal", "Amount": 1})], "beyond_the_proposal"),
        ([Kept(1, {"StageName": "Proposal"})], "beyond_the_proposal"),
        ([Kept(-1, {"StageName": "Proposal"})], "beyond_the_proposal"),
        ([Kept(0, {"StageName": "A"}), Kept(0, {"StageName": "B"})], "beyond_the_proposal"),
        ([Kept(0, {})], "no_fields"),
    ],
)
def test_refuses_what_is_wider_than_the_proposal_empty_or_the_same(kept, expected):
    with pytest.raises(InvalidProposal) as refused:
        altered(ONE, kept)

    assert code(refused) == expected


class TestReferences:
    def test_keep_a_create_that_something_left_refers_to(self):
        with pytest.raises(InvalidProposal) as refused:
            altered(BOTH, [Kept(1, {"NextStep": "acme-7", "StageName": "Proposal"})])

        assert code(refused) == "refers_to_left_out"
        assert refused.value.extra["problems"][0]["path"] == "/changes/1/fields/NextStep"

    def test_let_both_go_together(self):
        made = altered(BOTH, [Kept(1, {"StageName": "Proposal"})])

        assert made.names_left_out() == ["create Account acme-7", "Opportunity.NextStep"]

    def test_let_the_create_stay_alone(self):
        assert altered(BOTH, [Kept(0, {"Name": "Acme"})]).changes[0].external_id == "acme-7"
