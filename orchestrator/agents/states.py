"""The life of an agent."""

from orchestrator.kernel.choices import Choices


class AgentState(Choices):
    DRAFT = "draft"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    RETIRED = "retired"


AGENT_MOVES = {
    AgentState.DRAFT: frozenset({AgentState.ACTIVE, AgentState.RETIRED}),
    AgentState.ACTIVE: frozenset({AgentState.SUSPENDED, AgentState.RETIRED}),
    AgentState.SUSPENDED: frozenset({AgentState.ACTIVE, AgentState.RETIRED}),
    AgentState.RETIRED: frozenset[AgentState](),
}
