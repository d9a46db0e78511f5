"""Who asks, and who may therefore not decide."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.agents.models import Agent
from orchestrator.kernel.actors import Actor
from orchestrator.people.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """An agent or a person who proposes, with the user names that may not decide on it."""

    actor: Actor
    agent: Agent | None
    barred: tuple[str, ...]


def agent_requester(agent: Agent, *, triggered_by: Iterable[str] = ()) -> Requester:
    """Return the agent as a requester: neither its owner nor whoever triggered it may decide."""
    barred = dict.fromkeys([agent.owner.username, *triggered_by])
    return Requester(actor=agent.actor, agent=agent, barred=tuple(barred))


def person_requester(person: User) -> Requester:
    """Return the person as a requester: nobody approves their own."""
    return Requester(actor=person.actor, agent=None, barred=(person.username,))
