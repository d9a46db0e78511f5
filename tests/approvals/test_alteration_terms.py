"""Who approves what a person left of a proposal, or edited in it."""

import pytest

from approvals.alteration import Kept, altered
from approvals.alteration_terms import NotAlterable, may_alter, terms
from orchestrator.workflows.definition import ActionDefinition, FieldRule

pytestmark = pytest.mark.req("A1", "A4")
PROPOSED = {"StageName": "Proposal", "NextStep": "Call"}
CONTENT = {
    "changes": [
        {
            "op": "update",
            "object": "Opportunity",
            "id": "006000000000001AAA",
            "external_id": "",
            "fields": PROPOSED,
            "expect": {},
            "depends_on": [],
        }
    ]
}


def action(**rules):
    return ActionDefinition(
        object="Opportunity",
        fields={
            "StageName": FieldRule(allowed=["Proposal", "Qualification"]),
            "NextStep": FieldRule(),
        },
        policy="human_in_loop",
        **rules,
    )


def judged(values, *, risk="low", by_agent=True, **rules):
    made = altered(CONTENT, [Kept(0, values)])
    return terms(action(**rules), made, risk=risk, by_agent=by_agent)


PART = {"StageName": "Proposal"}
EDIT = {**PROPOSED, "StageName": "Qualification"}
FREE = {**PROPOSED, "NextStep": "Write"}
BOTH = {"StageName": "Qualification"}


@pytest.mark.parametrize(
    ("values", "rules", "counts"),
    [
        (PART, {}, True),
        (PART, {"parts": "second"}, False),
        (PART, {"edits": "off"}, True),
        (EDIT, {}, False),
        (EDIT, {"edits": "self"}, True),
        (EDIT, {"edits": "self", "parts": "off"}, True),
        (FREE, {"edits": "self"}, False),
        (BOTH, {"edits": "self"}, True),
        (BOTH, {"edits": "self", "parts": "second"}, False),
    ],
)
def test_counts_the_vote_of_whoever_altered_it_where_the_action_says_so(values, rules, counts):
    found = judged(values, **rules)

    assert found.counts is counts
    assert bool(found.why) is not counts


def test_leaves_an_edit_of_high_risk_to_somebody_else():
    assert judged(EDIT, edits="self", risk="medium").counts
    assert not judged(EDIT, edits="self", risk="high").counts


@pytest.mark.parametrize(
    ("values", "rules"),
    [(PART, {"parts": "off"}), (EDIT, {"edits": "off"}), (BOTH, {"parts": "off", "edits": "self"})],
)
def test_refuses_what_the_action_does_not_allow(values, rules):
    with pytest.raises(NotAlterable):
        judged(values, **rules)


def test_leaves_what_a_person_asked_for_as_it_is():
    with pytest.raises(NotAlterable):
        judged(PART, by_agent=False)

    assert may_alter(action(), by_agent=False) == (False, False)
    assert may_alter(None, by_agent=True) == (False, False)
    assert may_alter(action(edits="off"), by_agent=True) == (True, False)
