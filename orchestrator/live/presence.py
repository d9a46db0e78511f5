"""Presence: who has a proposal on their screen now. Kept in Redis for seconds, and nowhere else."""

import datetime as dt
import json
import logging
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from orchestrator.live.events import Event, Kind, packed
from orchestrator.live.passes import Pass
from orchestrator.live.publishing import channel, client

logger = logging.getLogger(__name__)

RENEW_SECONDS = 10.0
# A process that dies leaves its readers standing for so long.
FORGET_AFTER = dt.timedelta(seconds=30)
PROCESS = f"{os.getpid():x}{os.urandom(3).hex()}"


@dataclass(frozen=True, slots=True, order=True)
class Reader:
    """Somebody who looks at a proposal."""

    name: str
    person: str


async def came(line: Any, given: Pass, token: str, *, at: dt.datetime) -> None:
    """Note that somebody looks at a proposal, and tell whoever may see it."""
    async with line.pipeline(transaction=False) as pipe:
        _note(pipe, given, token, at)
        pipe.publish(channel(), _news(given))
        await pipe.execute()


async def left(line: Any, given: Pass, token: str) -> None:
    """Note that they do not any more, and tell whoever may see it."""
    async with line.pipeline(transaction=False) as pipe:
        pipe.zrem(key_of(given.proposal), _member(given, token))
        pipe.publish(channel(), _news(given))
        await pipe.execute()


async def renew(line: Any, seats: Iterable[tuple[Pass, str]], *, at: dt.datetime) -> None:
    """Note again who is still looking."""
    async with line.pipeline(transaction=False) as pipe:
        for given, token in seats:
            _note(pipe, given, token, at)
        await pipe.execute()


def who_looks_at(
    proposals: Collection[str], *, but: str, at: dt.datetime
) -> Mapping[str, list[Reader]]:
    """
    Return who looks at each of these proposals, except one person; nobody while Redis is away.

    The caller makes sure that whoever reads the answer may see the proposals.
    """
    if not proposals:
        return {}
    try:
        with client().pipeline(transaction=False) as pipe:
            for proposal in proposals:
                pipe.zrangebyscore(key_of(proposal), at.timestamp(), "+inf")
            rows = pipe.execute()
    except RedisError as error:
        logger.info("nobody can say who looks at what: %s", error)
        return {}
    found = {name: _readers(row, but) for name, row in zip(proposals, rows, strict=True)}
    return {name: readers for name, readers in found.items() if readers}


def key_of(proposal: str) -> str:
    """Return the key that holds who looks at a proposal."""
    return f"{channel()}:{proposal}"


def _note(pipe: Any, given: Pass, token: str, at: dt.datetime) -> None:
    key = key_of(given.proposal)
    pipe.zremrangebyscore(key, "-inf", at.timestamp())
    pipe.zadd(key, {_member(given, token): (at + FORGET_AFTER).timestamp()})
    pipe.expire(key, FORGET_AFTER)


def _member(given: Pass, token: str) -> str:
    # Two windows of one person are two readers until both are closed.
    return json.dumps([given.person, given.name, f"{PROCESS}.{token}"])


def _news(given: Pass) -> str:
    event = Event(kind=Kind.PRESENCE, proposal=given.proposal, workflow=given.proposal_workflow)
    return packed([event])


def _readers(members: Iterable[bytes], but: str) -> list[Reader]:
    rows = (json.loads(member) for member in members)
    return sorted({Reader(name, person) for person, name, _ in rows if person != but})
