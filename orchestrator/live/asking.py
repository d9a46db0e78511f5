"""Asking the ordinary route from the event loop: its answer is what any page would get."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from orchestrator.live.passes import Pass, from_json

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


async def ask(application: Application, scope: Scope) -> list[Message]:
    """Run the ordinary route once, without a body, and return what it sends."""
    answer: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        answer.append(message)

    await application(scope, receive, send)
    return answer


def pass_in(answer: list[Message]) -> Pass | None:
    """Return the pass of an answer; None where the route refused, or sent elsewhere."""
    if not answer or answer[0].get("status") != 200:
        return None
    body = b"".join(
        message.get("body", b"") for message in answer if message["type"] == "http.response.body"
    )
    try:
        return from_json(json.loads(body))
    except (ValueError, TypeError, KeyError):
        return None
