"""The page about workflow files says everything a file may say, and its example is one."""

import re
from collections.abc import Iterator
from pathlib import Path

from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.loader import load
from orchestrator.workflows.parts import Part

PAGE = (Path(__file__).parents[2] / "docs" / "workflow-files.md").read_text()


def parts(kind: type[Part] = Part) -> Iterator[type[Part]]:
    """Yield every part of a definition."""
    for narrower in kind.__subclasses__():
        yield narrower
        yield from parts(narrower)


def test_every_key_stands_on_the_page():
    # As a file spells them: `class` is no name that Python would take.
    keys = {field.alias or name for part in parts() for name, field in part.model_fields.items()}
    words = set(re.findall(r"[a-z_]+", PAGE))

    assert set(WorkflowDefinition.model_fields) <= keys
    assert keys - words == set()


def test_the_example_is_a_workflow():
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

    definition = load(example, compile_condition)

    assert definition.actions["change_stage"].stages[1].quorum == "all"
