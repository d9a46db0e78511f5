"""Issue, rotate and revoke keys; the text of a key is known at its issue and never again."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction

from audit import ledger
from orchestrator.agents.keys import new_key_text
from orchestrator.agents.models import Agent, Key
from orchestrator.agents.states import AgentState
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError

LONGEST_LIFE = dt.timedelta(days=366)


class BadKeyLife(DomainError):
    """The key would be over before it begins, or would live too long."""

    code, status, title = "bad_key_life", 422, "The key cannot live that long"


class KeyIsOver(DomainError):
    """The key is revoked or expired already."""

    code, status, title = "key_is_over", 409, "The key is over already"


class AgentIsRetired(DomainError):
    """A retired agent gets nothing new."""

    code, status, title = "agent_is_retired", 409, "The agent is retired"


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its text, which is shown once."""

    key: Key
    text: str = field(repr=False)


@transaction.atomic
def issue_key(*, agent: Agent, expires_at: dt.datetime, by: Actor, at: dt.datetime) -> IssuedKey:
    """
    Issue a key.

    :raises BadKeyLife: if it would be over before it begins, or live longer than a year
    :raises AgentIsRetired: if the agent is retired
    """
    issued = _new_key(agent, expires_at, by, at)
    detail = {"prefix": issued.key.prefix, "expires_at": expires_at.isoformat()}
    _record(agent, "agent.key_issued", detail, by, at)
    return issued


@transaction.atomic
def rotate_key(
    *, key: Key, overlap: dt.timedelta, expires_at: dt.datetime, by: Actor, at: dt.datetime
) -> IssuedKey:
    """
    Issue a successor; the old key works for the overlap and then ends by itself.

    :raises KeyIsOver: if the old key does not work any more
    :raises BadKeyLife: if the overlap or the new key's life makes no sense
    :raises AgentIsRetired: if the agent is retired
    """
    old = _lock_working(key, at)
    if overlap < dt.timedelta(0):
        raise BadKeyLife("The overlap cannot be negative; use 0 to end the old key now.")
    issued = _new_key(old.agent, expires_at, by, at)
    ends_at = min(old.expires_at, at + overlap)
    if ends_at <= at:
        Key.objects.filter(pk=old.pk).update(revoked_at=at)
    else:
        Key.objects.filter(pk=old.pk).update(expires_at=ends_at)
    detail = {
        "prefix": issued.key.prefix,
        "old_prefix": old.prefix,
        "old_expires_at": ends_at.isoformat(),
        "expires_at": expires_at.isoformat(),
    }
    _record(old.agent, "agent.key_rotated", detail, by, at)
    return issued


@transaction.atomic
def revoke_key(*, key: Key, reason: str, by: Actor, at: dt.datetime) -> None:
    """
    End a key now.

    :raises KeyIsOver: if it does not work any more
    """
    locked = _lock_working(key, at)
    Key.objects.filter(pk=locked.pk).update(revoked_at=at)
    detail = {"prefix": locked.prefix, "reason": reason}
    _record(locked.agent, "agent.key_revoked", detail, by, at)


def _new_key(agent: Agent, expires_at: dt.datetime, by: Actor, at: dt.datetime) -> IssuedKey:
    if agent.state == AgentState.RETIRED:
        raise AgentIsRetired(f"{agent.title} is retired; register a new agent instead.")
    if not at < expires_at <= at + LONGEST_LIFE:
        raise BadKeyLife(f"A key expires in the future, at most {LONGEST_LIFE.days} days from now.")
    text = new_key_text()
    key = Key.objects.create(
        agent=agent,
        prefix=text.prefix,
        secret_hash=text.secret_hash,
        created_at=at,
        created_by=by.id,
        expires_at=expires_at,
    )
    return IssuedKey(key, text.text)


def _lock_working(key: Key, at: dt.datetime) -> Key:
    """Return the key, locked: of two people who end it at once, only one does."""
    locked = Key.objects.select_for_update(of=("self",)).select_related("agent").get(pk=key.pk)
    if locked.revoked_at is not None or locked.expires_at <= at:
        raise KeyIsOver(f"The key {locked.prefix} is revoked or expired already.")
    return locked


def _record(agent: Agent, event: str, detail: dict[str, str], by: Actor, at: dt.datetime) -> None:
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="agent",
        subject_id=agent.pk,
        agent=agent.slug,
        detail=detail,
    )
