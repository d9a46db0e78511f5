"""The lines of a workflow audit: how it is set up now, and what changed since the last one."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from audit import queries as ledger
from orchestrator.commits.fence import active_halts
from orchestrator.commits.models import Halt
from orchestrator.commits.states import Scope
from orchestrator.duties.access_lines import day
from orchestrator.duties.audit_settings import setting, settings_of
from orchestrator.duties.lines import NewLine
from orchestrator.people import queries as people
from orchestrator.workflows.definition import StageDefinition, WorkflowDefinition
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of
from orchestrator.workflows.staffing import DEFAULT_ROLE

DECIDERS, HALTS, CHANGES = "deciders", "halts", "changes"
# More changes than this are one line with a link to the ledger.
MOST_CHANGES = 100
LONGEST_WORDS = 600


def audit_lines(*, workflow: Workflow, since: dt.datetime, at: dt.datetime) -> list[NewLine]:
    """Return a line for each thing about the workflow that somebody has to stand by."""
    version = workflow.current_version
    if version is None:
        return [setting(workflow, "version", "No version is in force", flags=["no version"])]
    definition = definition_of(version.pk)
    return [
        *settings_of(workflow, version, definition),
        *_deciders(workflow, definition),
        *_halts(workflow, definition),
        *_changes(workflow, since, at),
    ]


def _deciders(workflow: Workflow, definition: WorkflowDefinition) -> Iterator[NewLine]:
    stages = list(_stages(definition))
    reach = people.reach_of_roles(slugs={stage.role for _, stage in stages})
    for place, stage in stages:
        count = reach.get(stage.role, 0)
        asked = "everybody" if stage.quorum == "all" else f"{stage.quorum} must decide"
        yield NewLine(
            section=DECIDERS,
            subject_kind="stage",
            subject_id=f"{workflow.slug}:{place}",
            title=f"{place}: {stage.role} decides",
            words=f"{asked.capitalize()}; the role reaches {_people(count)} now."
            + (f" Asked when {stage.when}." if stage.when else ""),
            href=reverse("people:list-people"),
            flags=_reach_flags(stage, count),
        )


def _reach_flags(stage: StageDefinition, count: int) -> list[str]:
    if count == 0:
        return ["reaches nobody"]
    if stage.quorum != "all" and count < stage.quorum:
        return [f"reaches fewer than the {stage.quorum} who must decide"]
    return ["rests on one person"] if count == 1 else []


def _stages(definition: WorkflowDefinition) -> Iterator[tuple[str, StageDefinition]]:
    for name, action in definition.actions.items():
        for number, stage in enumerate(action.stages, start=1):
            yield f"{name}, stage {number}", stage
        if not action.always_asks_somebody:
            yield f"{name}, otherwise", StageDefinition(role=DEFAULT_ROLE)


def _halts(workflow: Workflow, definition: WorkflowDefinition) -> Iterator[NewLine]:
    objects = {
        target.object.casefold()
        for action in definition.actions.values()
        for target in action.targets
    }
    for halt in active_halts():
        if _concerns(halt, workflow, objects):
            yield NewLine(
                section=HALTS,
                subject_kind="halt",
                subject_id=str(halt.pk),
                title=f"Writing is halted: {halt.scope} {halt.value}".strip(),
                words=f"By {halt.halted_by_label} since {day(halt.halted_at)}: {halt.reason}",
                href=reverse("commits:show-controls"),
                flags=["halted"],
            )


def _concerns(halt: Halt, workflow: Workflow, objects: set[str]) -> bool:
    if halt.scope == Scope.ORG:
        return bool(halt.value == workflow.org.slug)
    if halt.scope == Scope.WORKFLOW:
        return bool(halt.value == workflow.slug)
    if halt.scope == Scope.OBJECT:
        return halt.value.casefold() in objects
    return True


def _changes(workflow: Workflow, since: dt.datetime, at: dt.datetime) -> Iterator[NewLine]:
    wanted = ledger.Filters(lane="config", workflow=workflow.slug, since=since, until=at)
    before, seen = None, 0
    while True:
        page = ledger.search(filters=wanted, before=before)
        for line in page.lines:
            seen += 1
            if seen > MOST_CHANGES:
                yield _more(workflow, since)
                return
            yield _change(line)
        before = page.next_before
        if before is None:
            return


def _change(line: ledger.Line) -> NewLine:
    return NewLine(
        section=CHANGES,
        subject_kind="change",
        subject_id=str(line.id),
        title=f"{line.actor_label} {line.words}",
        words=f"On {day(line.at)}: {_details(line)}"[:LONGEST_WORDS],
        href=reverse("audit:show-ledger") + f"?workflow={line.workflow}&event={line.event}",
    )


def _more(workflow: Workflow, since: dt.datetime) -> NewLine:
    return NewLine(
        section=CHANGES,
        subject_kind="change",
        subject_id=f"{workflow.slug}:more",
        title=f"More than {MOST_CHANGES} changes since {day(since)}",
        words="The ledger lists every one of them.",
        href=reverse("audit:show-ledger") + f"?workflow={workflow.slug}&lane=config",
        flags=["too many to list"],
    )


def _details(line: ledger.Line) -> str:
    """Return what a person wants to know of a change; digests and empty values they do not."""
    said = {name: _plain(name, value) for name, value in line.detail.items() if name != "digest"}
    pairs = [f"{name.replace('_', ' ')} {value}" for name, value in said.items() if value]
    return "; ".join(pairs).rstrip(".") + "."


def _plain(name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if name.endswith("_at") and isinstance(value, str):
        return day(dt.datetime.fromisoformat(value))
    return "" if value is None else str(value)


def _people(count: int) -> str:
    return "nobody" if count == 0 else "one person" if count == 1 else f"{count} people"
