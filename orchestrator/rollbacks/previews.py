"""What a rollback would do, read and judged at one moment; nothing is stored."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from orchestrator.connectors.registry import connector_for
from orchestrator.kernel.canonical import digest
from orchestrator.orgs.models import Org, OrgKind
from orchestrator.people.models import User
from orchestrator.people.permissions import workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.rollbacks import mechanics, surroundings
from orchestrator.rollbacks.planning import plan
from orchestrator.rollbacks.record_plans import Fate, Line, Other, RecordPlan, Step, World
from orchestrator.rollbacks.selection import Done, Found, Selection, find
from orchestrator.workflows.definition import ActionDefinition
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of

OUR_OWN = "Modes and versions are changed on the workflow's own page, in either direction."


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A commit that cannot be taken back, and why."""

    proposal_id: str
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class WorkflowPlan:
    """What happens to the records of one workflow."""

    workflow: Workflow
    records: Sequence[RecordPlan]


@dataclass(frozen=True)
class Preview:
    """Everything that a person looks at before asking for a rollback."""

    selection: Selection
    found: Found
    plans: Sequence[WorkflowPlan]
    obstacles: Sequence[Obstacle]
    by_hand: Sequence[str]
    # Changes for which there is nothing to undo with.
    lost: int

    @cached_property
    def commits(self) -> dict[str, Done]:
        """Return the chosen commits by id."""
        return {commit.commit_id: commit for commit in self.found.commits}

    @property
    def seen(self) -> str:
        """Return what stands for the chosen commits: others than these are not taken back."""
        return digest(sorted(self.commits))

    @property
    def everything_newer(self) -> str:
        """Return what stands for all newer values, as they are now."""
        return digest(sorted(line.mark for line in self.of(Fate.NEWER)))

    @cached_property
    def lines(self) -> list[Line]:
        """Return every value, in the order of the records."""
        return [line for each in self.plans for record in each.records for line in record.lines]

    def of(self, fate: Fate) -> list[Line]:
        """Return the values with one fate."""
        return [line for line in self.lines if line.fate == fate]

    @cached_property
    def changing(self) -> int:
        """Return how many records change if nothing is ticked."""
        return sum(1 for each in self.plans for record in each.records if record.restored(()))


def preview(*, selection: Selection, person: User) -> Preview:
    """
    Return what taking the selection back would do, in the workflows that the person administers.

    :raises ConnectorError: if the records cannot be read now
    """
    administered = workflows_with_right(person, Right.ADMINISTER)
    found = find(selection, administered=administered)
    workflows = _workflows({commit.workflow_id for commit in found.commits})
    obstacles, able = _sorted_out(found.commits, workflows)
    return Preview(
        selection=selection,
        found=found,
        plans=_plans(able, workflows),
        obstacles=obstacles,
        by_hand=mechanics.by_hand((commit.action, _action(commit)) for commit in able),
        lost=sum(commit.lost for commit in able),
    )


def _workflows(ids: Collection[int]) -> dict[int, Workflow]:
    rows = Workflow.objects.select_related("org", "current_version").filter(pk__in=ids)
    return {
        row.pk: row for row in rows.defer("current_version__definition", "current_version__source")
    }


def _action(commit: Done) -> ActionDefinition | None:
    return definition_of(commit.version_id).actions.get(commit.action)


def _sorted_out(
    commits: Sequence[Done], workflows: Mapping[int, Workflow]
) -> tuple[list[Obstacle], list[Done]]:
    obstacles, able = [], []
    for commit in commits:
        reason = mechanics.obstacle(_action(commit), commit.action)
        if workflows[commit.workflow_id].org.kind == OrgKind.CONTROL:
            reason = OUR_OWN
        if reason:
            obstacles.append(Obstacle(commit.proposal_id, commit.action, reason))
        else:
            able.append(commit)
    return obstacles, able


def _plans(commits: Sequence[Done], workflows: Mapping[int, Workflow]) -> list[WorkflowPlan]:
    """Read each org once, then plan each workflow: another's writes are somebody else's."""
    by_workflow: dict[int, list[Done]] = defaultdict(list)
    for commit in commits:
        by_workflow[commit.workflow_id].append(commit)
    orgs = {workflows[each].org_id: workflows[each].org for each in by_workflow}
    worlds = {
        org_id: _surroundings(org, [each for each in commits if each.org_id == org_id])
        for org_id, org in orgs.items()
    }
    return [
        _plan(workflows[workflow_id], chosen, *worlds[workflows[workflow_id].org_id])
        for workflow_id, chosen in by_workflow.items()
    ]


def _surroundings(org: Org, commits: Sequence[Done]) -> tuple[World, list[Other]]:
    steps = surroundings.steps_of(commits)
    world = surroundings.world_of(steps, connector_for(org))
    since = min(commit.written_at for commit in commits)
    keys = {step.key for step in steps}
    return world, surroundings.others_of(keys, org_id=org.pk, since=since)


def _plan(
    workflow: Workflow, commits: Sequence[Done], world: World, standing: Sequence[Other]
) -> WorkflowPlan:
    chosen = {commit.commit_id for commit in commits}
    steps: list[Step] = surroundings.steps_of(commits)
    others = [other for other in standing if other.order[1] not in chosen]
    return WorkflowPlan(workflow, plan(steps, others, world))
