"""Who looks after an agent's webhooks: its owner, who answers for it, and administrators."""

from orchestrator.agents.models import Agent
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer_agents


def check_may_manage(person: User, agent: Agent) -> None:
    """
    Refuse everybody else: addresses and answers may hold secrets.

    :raises NotAllowed: if the person neither owns the agent nor administers agents
    """
    owns = person.is_active and agent.owner_id == person.pk
    if not owns and not may_administer_agents(person):
        text = "Webhooks are for the agent's owner, ops owners and staff. Ask one of them."
        raise NotAllowed(text)
