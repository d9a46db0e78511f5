"""Can every duty that a definition names be carried by somebody?"""

from collections.abc import Iterator

from orchestrator.people import queries as people
from orchestrator.workflows.definition import StageDefinition, WorkflowDefinition
from orchestrator.workflows.plan_problems import roles_named
from orchestrator.workflows.positions import Place

# Decides where no stage of an action applies.
DEFAULT_ROLE = "ops-owner"


def unstaffed(definition: WorkflowDefinition) -> Iterator[tuple[Place, str]]:
    """Yield the places whose role is unknown, reaches nobody, or cannot fill the quorum."""
    duties = list(_duties(definition))
    reach = people.reach_of_roles(slugs={stage.role for _, stage in duties})
    for place, stage in duties:
        problem = _problem(stage, reach.get(stage.role))
        if problem:
            yield place, problem


def _problem(stage: StageDefinition, reached: int | None) -> str:
    if reached is None:
        return f"There is no role {stage.role!r}; create it first."
    if reached == 0:
        return f"Nobody can be reached for the role {stage.role!r}; add a member or a fallback."
    if stage.quorum != "all" and stage.quorum > reached:
        return f"{stage.quorum} must decide, but the role {stage.role!r} reaches only {reached}."
    return ""


def _duties(definition: WorkflowDefinition) -> Iterator[tuple[Place, StageDefinition]]:
    for name, action in definition.actions.items():
        for number, stage in enumerate(action.stages):
            yield ("actions", name, "stages", number, "role"), stage
        if not action.always_asks_somebody:
            yield ("actions", name), StageDefinition(role=DEFAULT_ROLE)
    for name, state in definition.states.items():
        yield ("states", name, "owner_role"), StageDefinition(role=state.owner_role)
        if state.fallback:
            yield ("states", name, "fallback"), StageDefinition(role=state.fallback)
    for place, role in roles_named(definition):
        yield place, StageDefinition(role=role)
