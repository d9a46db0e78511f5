"""Escalation in a workflow file: what it may say, and every problem by its line."""

from pathlib import Path

import pytest

from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows.escalation import DEFAULT, denied_at, steps_for, words_of
from orchestrator.workflows.guards_in_words import sections_in_words
from orchestrator.workflows.loader import BadWorkflowFile, load

EXAMPLE = (Path(__file__).parent / "files" / "example.yaml").read_text()
BEFORE, AFTER = EXAMPLE.split("escalation:")[0], "canary:" + EXAMPLE.split("canary:")[1]
LINE = BEFORE.count("\n") + 1


def with_plan(*steps: str) -> str:
    return BEFORE + "escalation:\n" + "".join(f"  {step}\n" for step in steps) + AFTER


def definition(*steps: str):
    return load(with_plan(*steps), compile_condition)


def problems(*steps: str) -> list[tuple[int, str, str]]:
    """Return the problems as lines after `escalation:`, places in it, and words."""
    with pytest.raises(BadWorkflowFile) as refused:
        definition(*steps)
    return [
        (problem.line - LINE, problem.path.removeprefix("escalation"), problem.message)
        for problem in refused.value.problems
    ]


@pytest.mark.req("I2")
class TestPlans:
    def test_are_the_usual_one_where_nothing_is_written(self):
        assert list(steps_for([], important=True)) == list(DEFAULT)
        assert denied_at([]) == 100

    def test_may_differ_for_what_is_of_high_risk(self):
        plans = definition(
            "normal: [{ at: 50%, do: remind }, { at: 200%, do: deny }]",
            "important: [{ at: 20%, do: page }, { at: 200%, do: deny }]",
        ).escalation

        assert [step.do for step in steps_for(plans, important=False)] == ["remind", "deny"]
        assert [step.do for step in steps_for(plans, important=True)] == ["page", "deny"]
        assert denied_at(plans) == 200

    def test_are_told_in_words_as_something_that_is_enforced(self):
        found = definition(
            "- { at: 50%, do: remind, only: working hours }",
            "- { at: +1 hour, do: page, to: on-call }",
            "- { on: third_send_back, do: notify_owner }",
            "- { at: 300%, do: deny }",
        )

        (section,) = [each for each in sections_in_words(found) if each.title == "Escalation"]
        assert section.enforced
        assert section.lines == [
            "at 50% of the time: remind whoever may decide, in working hours",
            "+1 hour after it: call whoever is on call (on-call)",
            "on the third send back: tell the workflow's owner",
            "at 300% of the time: deny",
        ]

    def test_survive_being_stored(self):
        found = definition("- { on: second_conflict, do: page }", "- { at: 300%, do: deny }")

        again = type(found).model_validate(found.model_dump(mode="json"))
        assert again == found
        assert words_of(again.escalation[0]).startswith("on the second conflict")


@pytest.mark.req("I2")
class TestProblems:
    @pytest.mark.parametrize(
        ("steps", "line", "place", "words"),
        [
            (["- { at: 8%, do: page }", "- { at: 5%, do: remind }"], 2, "[1].at", "in the order"),
            (["- { at: 9%, do: deny }", "- { at: 95%, do: page }"], 2, "[1]", "comes after 'deny'"),
            (["- { at: 150%, do: page }"], 1, "[0].at", "after the deadline, which is at 100%"),
            (["- { at: +1 hour, do: page }"], 1, "[0].at", "after the deadline, which is at 100%"),
            (["- { at: +1 hour, do: deny }"], 1, "[0].at", "as a share of the time"),
            (["- { at: 50%, do: remind, to: deal-desk }"], 1, "[0].to", "leave 'to' out"),
            (["- { at: 50%, do: approve }"], 1, "[0].do", "'remind', 'widen'"),
            (["- { at: later, do: remind }"], 1, "[0].at", "what follows it"),
            (["- { at: +soon, do: page }"], 1, "[0].at", "not a duration"),
            (["- { do: remind }"], 1, "[0]", "either 'at', a time, or 'on'"),
            (["- { at: 5%, on: third_send_back, do: page }"], 1, "[0]", "either 'at', a time"),
            (["- { on: third_send_back, do: remind }"], 1, "[0].do", "only notify_owner or page"),
            (["- { on: fourth_send_back, do: page }"], 1, "[0].on", "'third_send_back'"),
            (["- { at: 100%, do: deny, only: working hours }"], 1, "[0].only", "a deny never"),
            (["- { at: 50%, do: page, only: nights }"], 1, "[0].only", "'working hours'"),
            (
                ["- { on: second_conflict, do: page }", "- { on: second_conflict, do: page }"],
                2, "[1]", "twice",
            ),
        ],
    )  # fmt: skip
    def test_are_named_with_their_line(self, steps, line, place, words):
        (found,) = problems(*steps)

        assert found[:2] == (line, place)
        assert words in found[2]

    def test_include_plans_that_deny_at_different_times(self):
        (found,) = problems(
            "normal: [{ at: 100%, do: deny }]", "important: [{ at: 200%, do: deny }]"
        )

        assert found[:2] == (2, ".important")
        assert "deny at the same time" in found[2]

    def test_include_a_step_of_the_plan_for_high_risk(self):
        (found,) = problems(
            "normal: [{ at: 100%, do: deny }]", "important: [{ at: 80%, do: page, to: 5 }]"
        )

        assert found[:2] == (2, ".important[0].to")
