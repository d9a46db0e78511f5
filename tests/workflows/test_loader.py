"""Workflow files: read completely, or refused with every problem and its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows.definition import Reversibility, WorkflowDefinition
from orchestrator.workflows.durations import Duration
from orchestrator.workflows.loader import BadWorkflowFile, load
from orchestrator.workflows.positions import MAX_CHARACTERS

EXAMPLE = (Path(__file__).parent / "files" / "example.yaml").read_text()
SMALL = """\
workflow: small
title: Small
org: acme-prod
owner: dora
actions:
  rename:
    object: Account
    fields: { Name: {} }
    policy: human_in_loop
"""


def problems_of(text):
    with pytest.raises(BadWorkflowFile) as refusal:
        load(text, compile_condition)
    return refusal.value.problems


def only_problem(text):
    (problem,) = problems_of(text)
    return problem


class TestTheExample:
    @pytest.fixture
    def definition(self):
        return load(EXAMPLE, compile_condition)

    def test_is_read_as_it_stands(self, definition):
        assert definition.workflow == "deal-hygiene"
        assert list(definition.actions) == ["change_stage", "change_amount", "enrich_lead"]
        assert definition.sla.decide_within == Duration(4, "hour", business=True)

    def test_says_what_each_action_writes_and_how_it_is_undone(self, definition):
        action = definition.actions["change_stage"]

        assert [target.object for target in action.targets] == ["Opportunity"]
        assert action.operations == ["update"]
        assert action.reversible == Reversibility(
            how="restore_fields", also=["close_follow_up_tasks"]
        )
        assert [stage.quorum for stage in action.stages] == [1, 1]

    def test_says_limits_in_words(self, definition):
        assert definition.limits[0].words == "200 writes in 1 hour per agent"
        assert "at most 1,000,000 in 1 day per workflow" in definition.limits[1].words

    def test_survives_being_stored(self, definition):
        stored = definition.model_dump(mode="json", exclude_defaults=True)

        assert WorkflowDefinition.model_validate(stored) == definition


@pytest.mark.req("G1")
class TestProblems:
    def test_are_reported_all_at_once_in_the_order_of_the_file(self):
        text = SMALL.replace("title:", "titel:").replace("human_in_loop", "perhaps")
        text += "sla: { decide_within: 4 fortnights }\n"

        lines = [(problem.line, problem.path) for problem in problems_of(text)]

        assert lines == [
            (1, "title"), (2, "titel"), (9, "actions.rename.policy"), (10, "sla.decide_within"),
        ]  # fmt: skip

    def test_name_the_key_that_was_probably_meant(self):
        problem = only_problem(SMALL + "descripton: Names.\n")

        assert (problem.line, problem.path) == (10, "descripton")
        assert "Did you mean 'description'?" in problem.message

    @pytest.mark.parametrize(
        ("old", "new", "path", "words"),
        [
            ("title: Small", "title: 5", "title", "text"),
            ("title: Small", "title: [Small]", "title", "text"),
            ("object: Account", "object: Acc ount", "actions.rename.object", "Acc ount"),
            ("{ Name: {} }", "[Name]", "actions.rename.fields", "mapping"),
            ("{ Name: {} }", "{ Name: { max: '5' } }", "actions.rename.fields.Name.max", "number"),
            ("{ Name: {} }", "{ Name: { min: 2, max: 1 } }", "actions.rename.fields.Name", "above"),
            ("workflow: small", "workflow: Small One", "workflow", "Small One"),
        ],
    )
    def test_say_what_fits(self, old, new, path, words):
        problem = only_problem(SMALL.replace(old, new))

        assert problem.path == path
        assert words in problem.message
        assert problem.line == SMALL[: SMALL.index(old)].count("\n") + 1

    @pytest.mark.req("A5")
    @pytest.mark.parametrize(
        ("sla", "stage", "path", "words"),
        [
            ("decide_within: 500 days", "", "sla.decide_within", "longer than a year"),
            ("answer_within: 60 business weeks", "", "sla.answer_within", "longer than a year"),
            (
                "decide_within: 4 hours",
                "decide_within: 5 hours",
                "actions.rename.stages[0].decide_within",
                "The proposal expires before",
            ),
        ],
    )
    def test_name_clocks_that_cannot_be_kept(self, sla, stage, path, words):
        stages = f"    stages: [{{ role: deal-desk, {stage} }}]\n" if stage else ""

        problem = only_problem(SMALL + stages + f"sla: {{ {sla} }}\n")

        assert (problem.path, problem.line) == (path, 10)
        assert words in problem.message

    @pytest.mark.req("A5")
    @pytest.mark.parametrize("stage", ["4 hours", "30 minutes", "2 business days"])
    def test_leave_stages_alone_that_fit_or_go_by_another_clock(self, stage):
        stages = f"    stages: [{{ role: deal-desk, decide_within: {stage} }}]\n"

        definition = load(SMALL + stages + "sla: { decide_within: 4 hours }\n", compile_condition)

        (one,) = definition.actions["rename"].stages
        assert str(one.decide_within) == stage

    def test_include_a_key_that_stands_twice(self):
        problem = only_problem(SMALL + "title: Other\n")

        assert (problem.line, problem.path) == (10, "title")
        assert "line 2 already" in problem.message

    def test_include_a_condition_that_cannot_be_read(self):
        text = SMALL + "    stages:\n      - { role: deal-desk, when: 'record.Amount >' }\n"

        problem = only_problem(text)

        assert (problem.line, problem.path) == (11, "actions.rename.stages[0].when")
        assert problem.message.startswith("Bad condition: ")

    def test_include_a_condition_of_a_rule_and_of_a_state(self):
        text = SMALL + (
            "    conditions: [{ when: 'nonsense(1)', then: refuse, because: No. }]\n"
            "states:\n  open: { owner_role: deal-desk, exits: [{ to: open, when: 'stranger' }] }\n"
        )

        paths = [problem.path for problem in problems_of(text)]

        assert paths == ["actions.rename.conditions[0].when", "states.open.exits[0].when"]

    @pytest.mark.parametrize("when", ["reason == 'bored'", "reason in ['tidy', \"bored\"]"])
    def test_include_a_reason_that_the_action_does_not_know(self, when):
        text = SMALL + f"    reasons: [tidy]\n    stages:\n      - role: a\n        when: {when}\n"

        problem = only_problem(text)

        assert problem.message == "Unknown reason 'bored'; the action knows tidy."

    def test_include_an_action_that_writes_nothing(self):
        problem = only_problem(SMALL.replace("{ Name: {} }", "{}"))

        assert (problem.path, problem.message) == (
            "actions.rename", "List the fields that the action may write.",
        )  # fmt: skip

    def test_include_names_that_lead_nowhere(self):
        text = SMALL + (
            "triggers: [{ every: 1 hour, query: SELECT, start: nowhere }]\n"
            "windows: [{ deny: always, actions: [nothing] }]\n"
            "anomalies: [{ watch: nobody, window: 1 hour, above: 4 sigma, then: [page] }]\n"
        )

        assert [problem.path for problem in problems_of(text)] == [
            "triggers[0].start", "windows[0].actions[0]", "anomalies[0].watch",
        ]  # fmt: skip

    def test_include_an_automatic_action_that_cannot_be_undone(self):
        text = SMALL.replace("human_in_loop", "automatic") + "    reversible: false\n"

        assert "can never be automatic" in only_problem(text).message

    def test_are_said_once_where_a_value_may_be_of_two_kinds(self):
        text = SMALL + "    reversible: { hou: restore }\n    stages: [{ role: a, quorum: two }]\n"

        assert [problem.path for problem in problems_of(text)] == [
            "actions.rename.reversible.hou", "actions.rename.reversible.how",
            "actions.rename.stages[0].quorum",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "empty"),
            ("# nothing", "empty"),
            ("workflow: [", "Not valid YAML"),
            ("a: b: c", "Not valid YAML"),
            ("\tworkflow: x", "Not valid YAML"),
            ("workflow: \x00", "Not valid YAML"),
            ("a: &x 1\nb: *x", "aliases"),
            ("a: !!python/object/apply:os.system ['true']", "Tags"),
            ("a: 1\n---\nb: 2", "one workflow"),
            ("[" * 500, "deeper"),
            ("a: 123456789012345678901234567890", "digits"),
            ("{ [a]: 1 }", "plain word"),
            ("x" * (MAX_CHARACTERS + 1), "characters"),
            ("just words", "mapping"),
            ("[1, 2]", "mapping"),
        ],
    )
    def test_answer_whatever_else_is_not_a_workflow(self, text, words):
        assert any(words in problem.message for problem in problems_of(text))

    def test_keep_words_that_older_yaml_would_have_changed(self):
        text = SMALL.replace("{ Name: {} }", "{ Name: { allowed: [no, on, 12:30, 2026-11-21] } }")

        rule = load(text, compile_condition).actions["rename"].fields["Name"]

        assert rule.allowed == ["no", "on", "12:30", "2026-11-21"]

    @given(st.text(max_size=200))
    def test_are_all_that_ever_happens_whatever_the_text(self, text):
        with pytest.raises(BadWorkflowFile) as refusal:
            load(text, compile_condition)

        assert all(problem.line >= 1 for problem in refusal.value.problems)

    @given(st.integers(0, len(EXAMPLE) - 1), st.characters())
    def test_are_all_that_happens_when_a_character_of_a_good_file_is_changed(self, at, new):
        try:
            load(EXAMPLE[:at] + new + EXAMPLE[at + 1 :], compile_condition)
        except BadWorkflowFile as refusal:
            assert refusal.problems  # noqa: PT017 - many changes leave the file good
