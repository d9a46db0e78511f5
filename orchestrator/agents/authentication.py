"""From the text of a key to the agent it belongs to."""

import datetime as dt
import hmac

from django.db.models import Q

from orchestrator.agents.keys import parse_key_text
from orchestrator.agents.models import Agent, Key
from orchestrator.agents.states import AgentState
from orchestrator.kernel.errors import DomainError

# Last use is for people who look for forgotten keys: to the minute is plenty, and spares writes.
NOTED_EVERY = dt.timedelta(minutes=1)
# Compared where there is no such key, so that an answer takes as long as for a wrong secret.
NO_HASH = "0" * 64


class InvalidKey(DomainError):
    """Unknown, wrong, expired or revoked: a caller is not told which."""

    code, status, title = "invalid_key", 401, "The key is not valid"


class AgentNotActive(DomainError):
    """The key is right; its agent may not act."""

    code, status, title = "agent_not_active", 403, "The agent is not active"


def authenticate(*, text: str, at: dt.datetime) -> Agent:
    """
    Return the active agent that this key belongs to, with its owner, in one query.

    :raises InvalidKey: if the key is unknown, wrong, expired or revoked
    :raises AgentNotActive: if the agent is a draft, suspended or retired
    """
    given = parse_key_text(text)
    key = None
    if given is not None:
        key = Key.objects.select_related("agent__owner").filter(prefix=given.prefix).first()
    known = key.secret_hash if key else NO_HASH
    right = hmac.compare_digest(known, given.secret_hash if given else "")
    if key is None or not right or key.revoked_at is not None or key.expires_at <= at:
        raise InvalidKey("Use a key that is neither expired nor revoked; your owner can issue one.")
    if key.agent.state != AgentState.ACTIVE:
        raise AgentNotActive(
            f"The agent is {key.agent.state}. Ask its owner or an ops owner to activate it."
        )
    _note_use(key, at)
    return key.agent


def _note_use(key: Key, at: dt.datetime) -> None:
    due = at - NOTED_EVERY
    if key.last_used_at is not None and key.last_used_at > due:
        return
    longer_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lte=due)
    Key.objects.filter(longer_ago, pk=key.pk).update(last_used_at=at)
