"""The first agent: registered, let in, granted what one action writes, and given a key."""

import datetime as dt

from django.db import transaction

from orchestrator.agents import operations as agents
from orchestrator.agents.models import Agent
from orchestrator.agents.operations import IssuedKey
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import Role, User
from orchestrator.people.queries import reachable_members
from orchestrator.workflows.definition import ActionDefinition
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of
from orchestrator.workflows.staffing import DEFAULT_ROLE

KEY_LIFE = dt.timedelta(days=90)
REASON = "First steps: to propose what the action {action} may write."


class NobodyLeftToDecide(DomainError):
    """The owner never decides on the agent's proposals, and nobody else could."""

    code, status, title = "nobody_left_to_decide", 422, "Nobody else could decide"


@transaction.atomic
def make_agent(
    *,
    workflow: Workflow,
    action: str,
    title: str,
    slug: str,
    owner: User,
    by: User,
    at: dt.datetime,
) -> tuple[Agent, IssuedKey]:
    """
    Register an agent that may propose one action of a workflow at once; return it with its key.

    :raises NobodyLeftToDecide: if a role that decides on it has nobody beside the owner
    :raises BadAgent: if the name cannot be used
    :raises AgentExists: if the environment has an agent of this name
    """
    definition = definition_of(workflow.current_version_id or 0)
    wanted = definition.actions[action]
    check_somebody_decides(wanted, owner=owner, at=at)
    agent = agents.register_agent(
        slug=slug,
        title=title,
        description=f"Proposes {action} in {workflow.title}.",
        environment=workflow.org.environment,
        owner=owner,
        capabilities=[],
        by=by.actor,
        at=at,
    )
    reason = REASON.format(action=action)
    agents.activate(agent=agent, reason=reason, by=by.actor, at=at)
    _grant(agent, workflow, wanted, reason, by=by, at=at)
    issued = agents.issue_key(agent=agent, expires_at=at + KEY_LIFE, by=by.actor, at=at)
    return agent, issued


def _grant(
    agent: Agent,
    workflow: Workflow,
    wanted: ActionDefinition,
    reason: str,
    *,
    by: User,
    at: dt.datetime,
) -> None:
    for target in wanted.targets:
        agents.give_grant(
            agent=agent,
            workflow=workflow,
            object_name=target.object,
            fields=list(target.fields),
            operations=list(target.operations),
            record_filter="",
            starts_at=at,
            ends_at=None,
            reason=reason,
            by=by.actor,
            at=at,
        )


def check_somebody_decides(action: ActionDefinition, *, owner: User, at: dt.datetime) -> None:
    """
    Refuse an owner who is the only one that could decide.

    :raises NobodyLeftToDecide: if a role that is always asked has nobody beside the owner
    """
    slugs = {stage.role for stage in action.stages if stage.when is None} or {DEFAULT_ROLE}
    for role in Role.objects.filter(slug__in=slugs).select_related("group"):
        if not {person.pk for person in reachable_members(role=role, at=at)} - {owner.pk}:
            raise NobodyLeftToDecide(
                f"{owner.display_name} is the only one in {role.title}, and whoever answers for an "
                "agent never decides on its proposals. Choose another owner, or add somebody to "
                f"{role.title} first."
            )
