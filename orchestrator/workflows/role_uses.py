"""Which workflows name a role: asked before one is removed."""

from collections.abc import Iterator

from orchestrator.people.models import Role
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.plan_problems import roles_named
from orchestrator.workflows.queries import definition_of
from orchestrator.workflows.staffing import DEFAULT_ROLE


def workflows_naming(role: Role) -> Iterator[str]:
    """Yield, in words, where versions in force name a role."""
    if role.slug == DEFAULT_ROLE:
        yield "ops owners decide where no other role does"
    rows = Workflow.objects.filter(current_version__isnull=False).order_by("title")
    for title, version_id in rows.values_list("title", "current_version_id"):
        if role.slug in _roles_of(version_id or 0):
            yield f"{title} asks it"


def _roles_of(version_id: int) -> set[str]:
    definition = definition_of(version_id)
    stages = {stage.role for action in definition.actions.values() for stage in action.stages}
    states = {
        name
        for state in definition.states.values()
        for name in (state.owner_role, state.fallback)
        if name
    }
    return stages | states | {role for _, role in roles_named(definition)}
