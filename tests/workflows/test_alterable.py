"""A workflow file says who approves a part of a proposal, and edits in it."""

import pytest

from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows.loader import BadWorkflowFile, load
from orchestrator.workflows.wording import actions_in_words

pytestmark = pytest.mark.req("A1", "A4")
SMALL = """\
workflow: small
title: Small
org: acme-prod
owner: dora
actions:
  rename:
    object: Account
    fields: { Name: BOUNDS }
    policy: POLICY
"""


def loaded(more="", *, bounds="{ max_length: 80 }", policy="human_in_loop"):
    text = SMALL.replace("BOUNDS", bounds).replace("POLICY", policy)
    return load(text + more, compile_condition)


def problem(more, **given):
    with pytest.raises(BadWorkflowFile) as refused:
        loaded(more, **given)
    [found] = refused.value.problems
    return found


def test_lets_people_approve_parts_and_leaves_edits_to_a_second_one_unless_it_says_otherwise():
    action = loaded().actions["rename"]

    assert (action.parts, action.edits) == ("self", "second")


def test_reads_off_as_a_word():
    assert loaded("    parts: off\n    edits: off\n").actions["rename"].parts == "off"


@pytest.mark.parametrize(
    ("more", "given", "line"),
    [
        ("    parts: maybe\n", {}, 10),
        ("    edits: true\n", {}, 10),
        ("    edits: self\n", {"policy": "human_only"}, 10),
        ("    parts: self\n    edits: self\n", {"bounds": "{}"}, 11),
    ],
)
def test_names_the_line_of_what_cannot_be(more, given, line):
    assert problem(more, **given).line == line


def test_says_it_on_the_page_of_the_workflow_in_one_line():
    [action] = actions_in_words(loaded("    edits: off\n"))

    assert ("Approved by people", "a part by whoever picks it; no edits") in action.demands
