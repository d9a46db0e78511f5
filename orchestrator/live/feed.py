"""The feed: one subscription to Redis for a whole web process, found again whenever it is lost."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import redis.asyncio as redis
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from orchestrator.kernel.clock import now
from orchestrator.live import presence
from orchestrator.live.events import FOR_PAGES, Event, merged, unpacked
from orchestrator.live.hub import Hub, Seat
from orchestrator.live.publishing import channel

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 2.0
# A line on which nothing is heard for so long is asked; one that does not answer then is dead.
QUIET_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
# What happens within so long is told at once: whoever decides gets their answer first.
GATHER_SECONDS = 0.1


class Feed:
    """Brings what is published to the hub, and says there who looks at what."""

    def __init__(self, hub: Hub) -> None:
        """Note whom to tell; `begin` starts the work on the loop that is running."""
        self.hub = hub
        self._tasks: list[asyncio.Task[None]] = []
        self._client: redis.Redis | None = None
        self._gathered: list[Event] = []

    def begin(self) -> None:
        """Start to listen, once."""
        if self._tasks and not any(task.done() for task in self._tasks):
            return
        self.end()
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._renew())]

    def end(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    async def came(self, seat: Seat) -> None:
        """Say that somebody looks at a proposal."""
        await self._quietly(presence.came(self._redis(), seat.given, seat.token, at=now()))

    async def left(self, seat: Seat) -> None:
        """Say that they do not any more."""
        await self._quietly(presence.left(self._redis(), seat.given, seat.token))

    async def _listen(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with _connection() as line, line.pubsub() as subscription:
                    await subscription.subscribe(channel())
                    await self._hear(subscription)
            except (RedisError, OSError) as error:
                if not self.hub.paused:
                    logger.warning("live updates pause: %s", error)
                    self.hub.pause()
                    pause = FIRST_PAUSE
            except Exception:
                logger.exception("live updates stumbled and begin anew")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self, subscription: Any) -> None:
        asked = False
        while True:
            message = await subscription.get_message(timeout=QUIET_SECONDS)
            if message is None and asked:
                raise ConnectionError("Redis does not answer.")
            asked = message is None
            if message is None:
                await subscription.ping()
            elif message["type"] == "subscribe":
                self.hub.resume()
            elif message["type"] == "message":
                self._gather(unpacked(message["data"]))

    def _gather(self, events: list[Event]) -> None:
        """Tell the pages in a moment, and the streams what concerns them at once."""
        self.hub.deliver(event for event in events if event.kind not in FOR_PAGES)
        told = [event for event in events if event.kind in FOR_PAGES]
        if told and not self._gathered:
            asyncio.get_running_loop().call_later(GATHER_SECONDS, self._tell)
        self._gathered += told

    def _tell(self) -> None:
        gathered, self._gathered = self._gathered, []
        self.hub.deliver(merged(gathered))

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(presence.RENEW_SECONDS)
            seats = [(seat.given, seat.token) for seat in self.hub.watched()]
            if seats:
                await self._quietly(presence.renew(self._redis(), seats, at=now()))

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        """Who looks at what is a comfort: a Redis that is away takes it along."""
        try:
            await asyncio.wait_for(work, CONNECT_SECONDS)
        except (RedisError, OSError, TimeoutError) as error:
            logger.info("who looks at what could not be noted: %s", error)

    def _redis(self) -> redis.Redis:
        if self._client is None:
            self._client = _connection()
        return self._client


def _connection() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=CONNECT_SECONDS,
        # A loss must be known: redis-py would reconnect without a word of what it missed.
        retry=Retry(NoBackoff(), 0),
    )
