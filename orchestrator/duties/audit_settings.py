"""How a workflow is set up, line by line, and what of it is out of the ordinary."""

from collections.abc import Iterator, Sequence

from django.urls import reverse

from audit import queries as ledger
from orchestrator.duties.access_lines import day
from orchestrator.duties.lines import NewLine
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.escalation import EscalationStep, steps_for, words_of
from orchestrator.workflows.guards_in_words import sections_in_words
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.modes import Mode

SETTINGS = "settings"
PAGES = frozenset({"page", "page_next"})
MODE_IN_WORDS = {
    Mode.OBSERVE: "Proposals are only recorded; nothing is written.",
    Mode.PROPOSE: "Every proposal needs people.",
    Mode.EXECUTE: "Automatic actions are written without asking anybody.",
}


def setting(
    workflow: Workflow, about: str, title: str, words: str = "", flags: Sequence[str] = ()
) -> NewLine:
    """Return a line about one setting of the workflow."""
    return NewLine(
        section=SETTINGS,
        subject_kind="setting",
        subject_id=f"{workflow.slug}:{about}",
        title=title,
        words=words,
        href=reverse("workflows:show-workflow", args=[workflow.slug]),
        flags=flags,
    )


def settings_of(
    workflow: Workflow, version: WorkflowVersion, definition: WorkflowDefinition
) -> Iterator[NewLine]:
    """Yield the mode, the version, the times, the plans and the policies."""
    yield _mode(workflow)
    yield _version(workflow, version)
    yield _times(workflow, definition)
    yield from _escalation(workflow, definition)
    yield from _policies(workflow, definition)
    for section in sections_in_words(definition):
        if not section.enforced:
            words = f"{section.effect} {'; '.join(section.lines)}"
            title = f"{section.title}: declared, not enforced"
            flags = ["declared, not enforced"]
            yield setting(workflow, f"declared:{section.title}", title, words, flags)


def _mode(workflow: Workflow) -> NewLine:
    words = MODE_IN_WORDS[Mode(workflow.mode)]
    flags = ["writes by itself"] if workflow.mode == Mode.EXECUTE else []
    return setting(workflow, "mode", f"The mode is {workflow.mode}", words, flags)


def _version(workflow: Workflow, version: WorkflowVersion) -> NewLine:
    number, published = version.number, _published(workflow, version.number)
    words = f"Written by {version.created_by} on {day(version.created_at)}. {published}"
    return setting(workflow, "version", f"Version {number} is in force", words)


def _published(workflow: Workflow, number: int) -> str:
    wanted = ledger.Filters(event="workflow.version_published", workflow=workflow.slug)
    for line in ledger.search(filters=wanted).lines:
        if line.detail["number"] == number:
            return f"Put in force by {line.actor_label} on {day(line.at)}."
    return "The ledger does not say who put it in force."


def _times(workflow: Workflow, definition: WorkflowDefinition) -> NewLine:
    unset = "sla" not in definition.model_fields_set
    title = f"People decide within {definition.sla.decide_within}"
    words = f"An approval may be written within {definition.sla.execute_within}."
    flags = ["the file sets no times: these are the defaults"] if unset else []
    return setting(workflow, "sla", title, words, flags)


def _escalation(workflow: Workflow, definition: WorkflowDefinition) -> Iterator[NewLine]:
    usual = steps_for(definition.escalation, important=False)
    important = steps_for(definition.escalation, important=True)
    title = "What happens while nobody decides"
    title += "" if definition.escalation else ": the usual plan"
    yield _plan(workflow, "escalation", title, usual)
    if important != usual:
        yield _plan(
            workflow, "important", "What happens to high risk while nobody decides", important
        )


def _plan(workflow: Workflow, about: str, title: str, steps: Sequence[EscalationStep]) -> NewLine:
    words = "; ".join(words_of(step) for step in steps).capitalize()
    pages = any(step.do in PAGES for step in steps)
    return setting(workflow, about, title, words, [] if pages else ["nobody is ever paged"])


def _policies(workflow: Workflow, definition: WorkflowDefinition) -> Iterator[NewLine]:
    by_policy: dict[str, list[str]] = {"automatic": [], "human_in_loop": [], "human_only": []}
    for name, action in definition.actions.items():
        by_policy[action.policy].append(name)
    automatic, only = by_policy["automatic"], by_policy["human_only"]
    title = f"{len(automatic)} of {len(definition.actions)} actions are automatic"
    words = f"Automatic: {', '.join(automatic) or 'none'}. For people only: "
    flags = [] if only else ["no action is for people only"]
    yield setting(workflow, "policies", title, f"{words}{', '.join(only) or 'none'}.", flags)
    for name in automatic:
        if not definition.actions[name].confidence and not definition.limits:
            title = f"{name} is automatic without a limit"
            words = "No confidence is asked for, and no limit counts its writes."
            yield setting(workflow, f"action:{name}", title, words, ["no limit"])
