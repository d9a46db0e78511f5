"""From a bearer key to the agent that shows it."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from orchestrator.agents.authentication import authenticate
from orchestrator.agents.models import Agent
from orchestrator.gateway import ceiling
from orchestrator.kernel import clock


class Caller(HttpRequest):
    """A request whose key has been checked."""

    auth: Agent
    # The moment the request came in: the one reading of the clock that the call uses.
    at: dt.datetime


class AgentKey(HttpBearer):
    """`Authorization: Bearer csn_<prefix>_<secret>`."""

    openapi_description = "An agent's key, as shown once when it was issued."

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """
        Return the agent that the key belongs to.

        :raises InvalidKey: if there is no such key, or it is over
        :raises AgentNotActive: if the agent is not active
        :raises TooManyRequests: if its calls of this minute are used up
        """
        at = clock.now()
        agent = authenticate(text=token, at=at)
        ceiling.count(agent_id=agent.pk, at=at)
        request.at = at  # type: ignore[attr-defined]  # declared on Caller
        return agent
