"""What a person may halt: everything, or one org, workflow, agent or object."""

from collections.abc import Iterable

from orchestrator.agents.models import Agent
from orchestrator.commits.states import Scope
from orchestrator.orgs.models import Org
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer_agents, workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of

Choice = tuple[str, str]
Group = tuple[str, list[Choice]]


def halt_choices(person: User) -> list[Group]:
    """Return what this person may halt, in groups; the value is `scope:value`."""
    workflows = list(Workflow.objects.order_by("title"))
    if not may_administer_agents(person):
        administered = workflows_with_right(person, Right.ADMINISTER)
        return _groups([_workflows(each for each in workflows if each.pk in administered)])
    return _groups(
        [
            ("Everything", [(f"{Scope.ALL}:", "Everything, in every org")]),
            ("Every agent", [(f"{Scope.AGENTS}:", "Every agent; people's own changes go on")]),
            _workflows(workflows),
            ("One agent", _distinct_agents()),
            (
                "One kind of record",
                [(f"{Scope.OBJECT}:{name}", name) for name in _names(workflows)],
            ),
            ("One org", [(f"{Scope.ORG}:{org.slug}", org.title) for org in Org.objects.all()]),
        ]
    )


def _groups(groups: Iterable[Group]) -> list[Group]:
    return [(title, choices) for title, choices in groups if choices]


def _workflows(workflows: Iterable[Workflow]) -> Group:
    choices = [(f"{Scope.WORKFLOW}:{each.slug}", each.title) for each in workflows]
    return "One workflow", choices


def _distinct_agents() -> list[Choice]:
    """Agents of one name in several environments are halted together."""
    rows = Agent.objects.order_by("title").values_list("slug", "title")
    return [(f"{Scope.AGENT}:{slug}", title) for slug, title in dict(rows).items()]


def _names(workflows: Iterable[Workflow]) -> list[str]:
    """Return the name of every object that a version in force may write."""
    found: set[str] = set()
    for workflow in workflows:
        if workflow.current_version_id is None:
            continue
        definition = definition_of(workflow.current_version_id)
        for action in definition.actions.values():
            found.update(target.object for target in action.targets)
    return sorted(found)
