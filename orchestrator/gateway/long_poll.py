"""
Long polls: `GET /api/v1/proposals/{id}?wait=30` waits here, on the event loop, not in a thread.

The question is asked once, in a thread, like any other; while its answer is not news it is asked
again at growing intervals until it is news or the wait is over. So a waiting agent costs a few
cheap reads and no thread, and the answer is always the one that the ordinary route gives.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = re.compile(r"^/api/v1/proposals/prp_[0-9A-Z]{26}/?$")
LONGEST_WAIT = 60.0
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 1.0


class LongPoll:
    """Answer long polls; hand everything else to the application at once."""

    def __init__(self, application: Application) -> None:
        """Keep the application that answers."""
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait where the request asks for it."""
        wait = _wait_asked(scope)
        if wait is None:
            await self.application(scope, receive, send)
            return
        for message in await self._awaited(scope, receive, wait):
            await send(message)

    async def _awaited(self, scope: Scope, receive: Receive, wait: float) -> list[Message]:
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        answer = await self._ask(scope)
        first = _state(answer)
        pause = FIRST_PAUSE
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            while _worth_waiting(answer) and _state(answer) == first and not gone.done():
                left = until - loop.time()
                if left <= 0:
                    break
                await asyncio.wait({gone}, timeout=min(pause, left))
                pause = min(pause * 1.5, LONGEST_PAUSE)
                answer = await self._ask(scope)
        finally:
            gone.cancel()
        return answer

    async def _ask(self, scope: Scope) -> list[Message]:
        """Run the ordinary route once, without a body, and keep what it sends."""
        answer: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            answer.append(message)

        await self.application(scope, receive, send)
        return answer


def _wait_asked(scope: Scope) -> float | None:
    """Return the seconds to wait, or None where this is no long poll (bad values: the route's)."""
    if scope["method"] != "GET" or not PATH.match(scope["path"]):
        return None
    values = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("wait")
    if not values or not values[-1].isdecimal():
        return None
    wait = float(values[-1])
    return wait if 0 < wait <= LONGEST_WAIT else None


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _body(answer: list[Message]) -> dict[str, Any]:
    body = b"".join(
        message.get("body", b"") for message in answer if message["type"] == "http.response.body"
    )
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _state(answer: list[Message]) -> object:
    body = _body(answer)
    return body.get("state"), body.get("revision")


def _worth_waiting(answer: list[Message]) -> bool:
    """Say whether the answer can still become news: a 200 about a proposal that is not closed."""
    if not answer or answer[0].get("status") != 200:
        return False
    return _body(answer).get("closed") is False
