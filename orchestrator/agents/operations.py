"""Register agents and move them through their life; each step is written to the ledger."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from django.db import transaction

from audit import ledger
from orchestrator.agents.grants import end_grant, give_grant
from orchestrator.agents.key_operations import IssuedKey, issue_key, revoke_key, rotate_key
from orchestrator.agents.models import Agent
from orchestrator.agents.states import AgentState
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.orgs.models import Environment
from orchestrator.people.models import User

__all__ = [
    "AgentExists",
    "BadAgent",
    "IssuedKey",
    "activate",
    "end_grant",
    "give_grant",
    "issue_key",
    "register_agent",
    "retire",
    "revoke_key",
    "rotate_key",
    "suspend",
]
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
# Words of our own addresses.
TAKEN = {"new"}


class BadAgent(DomainError):
    """Something about the agent cannot be stored."""

    code, status, title = "bad_agent", 422, "The agent cannot be registered like this"


class AgentExists(DomainError):
    """The environment has an agent of this name."""

    code, status, title = "agent_exists", 409, "The agent exists already"


@transaction.atomic
def register_agent(
    *,
    slug: str,
    title: str,
    description: str,
    environment: str,
    owner: User,
    capabilities: Sequence[str],
    by: Actor,
    at: dt.datetime,
) -> Agent:
    """
    Register an agent as a draft: it can do nothing until it is activated.

    :raises BadAgent: if the name, title, environment or owner cannot be used
    :raises AgentExists: if the environment has an agent of this name
    """
    if not SLUG.fullmatch(slug) or slug in TAKEN or not title.strip():
        raise BadAgent("Give a title, and a name of small letters, digits and hyphens; not 'new'.")
    if environment not in Environment.values:
        raise BadAgent(f"Use one of the environments {', '.join(Environment.values)}.")
    if not owner.is_active:
        raise BadAgent(f"{owner.username} is not active and cannot answer for an agent.")
    if Agent.objects.filter(slug=slug, environment=environment).exists():
        raise AgentExists(f"{environment} has an agent {slug!r} already; choose another name.")
    agent = Agent.objects.create(
        slug=slug,
        title=title.strip(),
        description=description,
        environment=environment,
        owner=owner,
        capabilities=list(capabilities),
        created_at=at,
    )
    detail = {"owner": owner.username, "environment": environment}
    _record(agent, "agent.registered", detail, by, at)
    return agent


@transaction.atomic
def activate(*, agent: Agent, by: Actor, at: dt.datetime, reason: str = "") -> None:
    """
    Let the agent act.

    :raises IllegalMove: if it is active already, or retired
    """
    agent.move(AgentState.ACTIVE)
    _record(agent, "agent.activated", {"reason": reason}, by, at)


@transaction.atomic
def suspend(*, agent: Agent, reason: str, by: Actor, at: dt.datetime) -> None:
    """
    Stop the agent for now: its keys are refused and nothing of its own is written.

    :raises IllegalMove: if it is not active
    """
    agent.move(AgentState.SUSPENDED)
    _record(agent, "agent.suspended", {"reason": reason}, by, at)


@transaction.atomic
def retire(*, agent: Agent, reason: str, by: Actor, at: dt.datetime) -> None:
    """
    Stop the agent for good.

    :raises IllegalMove: if it is retired already
    """
    agent.move(AgentState.RETIRED)
    _record(agent, "agent.retired", {"reason": reason}, by, at)


def _record(
    agent: Agent, event: str, detail: Mapping[str, str], by: Actor, at: dt.datetime
) -> None:
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="agent",
        subject_id=agent.pk,
        agent=agent.slug,
        detail=dict(detail),
    )
