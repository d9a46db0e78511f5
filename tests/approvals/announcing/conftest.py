"""An endpoint of the agent that proposed."""

import pytest

from orchestrator.webhooks import operations
from tests.factories import AT, get_user


@pytest.fixture
def endpoint(proposal):
    return operations.add_endpoint(
        agent=proposal.agent,
        url="https://agent.example.com/hook",
        label="Main",
        events=[],
        by=get_user("ada").actor,
        at=AT,
    ).endpoint
