"""What the pages of workflows show, put together from queries and words."""

from dataclasses import dataclass
from typing import Any

from audit import queries as ledger
from orchestrator.kernel.errors import NotFound
from orchestrator.people.models import User
from orchestrator.people.permissions import rights_on, workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.workflows import queries
from orchestrator.workflows.comparison import differences, source_lines
from orchestrator.workflows.field_classes import blind_roles, kept_fields
from orchestrator.workflows.guards_in_words import sections_in_words
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.modes import LADDER, Mode
from orchestrator.workflows.wording import actions_in_words

MODES_IN_WORDS = {
    Mode.OBSERVE: "Proposals are recorded. Nobody is asked and nothing is written.",
    Mode.PROPOSE: "Every proposal needs people.",
    Mode.EXECUTE: "Automatic actions are written within their limits; the rest asks people.",
}
HISTORY_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Rung:
    """One mode on the ladder."""

    mode: str
    words: str
    current: bool


def workflow_for(person: User, slug: str) -> Workflow:
    """
    Return a workflow that the person may see.

    :raises NotFound: if there is none, or it is not theirs to see
    """
    return queries.workflow_named(slug, among=workflows_with_right(person, Right.VIEW))


def overview_of(workflow: Workflow, version: WorkflowVersion) -> dict[str, Any]:
    """Return a version in words beside the workflow's mode and its history."""
    definition = queries.definition_as_written(version.pk)
    sections = sections_in_words(definition)
    given = rights_on(workflow)
    return {
        "actions": actions_in_words(definition),
        "enforced": [section for section in sections if section.enforced],
        "declared": [section for section in sections if not section.enforced],
        "sla": definition.sla,
        "ladder": ladder_of(workflow),
        "next_mode": next_mode(workflow),
        "rights": {role: [_in_words(each) for each in rights] for role, rights in given.items()},
        "blind": blind_roles(definition, given),
        "keeps": [each.value for each in dict.fromkeys(kept_fields(definition).values())],
        "history": ledger.subject_history(kind="workflow", id=workflow.slug, limit=HISTORY_SHOWN),
    }


def _in_words(right: str) -> str:
    return Right(right).words.removesuffix(" of") if right in Right.values() else right


def ladder_of(workflow: Workflow) -> list[Rung]:
    """Return the three modes, the present one marked."""
    return [
        Rung(mode.value, MODES_IN_WORDS[mode], current=mode == workflow.mode) for mode in LADDER
    ]


def next_mode(workflow: Workflow) -> str:
    """Return the mode one rung up, or nothing at the top."""
    position = LADDER.index(Mode(workflow.mode))
    return LADDER[position + 1].value if position + 1 < len(LADDER) else ""


def comparison_of(workflow: Workflow, older: int, newer: int) -> dict[str, Any]:
    """
    Return what differs between two versions.

    :raises NotFound: if one of them is not there
    """
    old = queries.version_numbered(workflow, older)
    new = queries.version_numbered(workflow, newer)
    return {
        "old": old,
        "new": new,
        "differences": differences(
            queries.definition_as_written(old.pk), queries.definition_as_written(new.pk)
        ),
        "lines": source_lines(old.source, new.source),
    }


def number_in_force(workflow: Workflow) -> int:
    """
    Return the number of the version in force.

    :raises NotFound: if no version was put in force yet
    """
    if workflow.current_version is None:
        raise NotFound(f"{workflow.title} has no version in force; put one in force first.")
    return workflow.current_version.number
