"""
The ASGI door: what waits does so here, everything else runs in WSGI threads.

Synchronous Django views are several times faster under WSGI than under ASGI, and neither a long
poll nor an event stream must hold one of the few threads while it waits.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")
django = get_wsgi_application()

# Django must be set up before these can be imported.
from django.conf import settings  # noqa: E402

from orchestrator.connectors import registry  # noqa: E402
from orchestrator.gateway.long_poll import LongPoll  # noqa: E402
from orchestrator.live.feed import Feed  # noqa: E402
from orchestrator.live.hub import Hub  # noqa: E402
from orchestrator.live.streams import LiveStreams  # noqa: E402

registry.load()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# The stubs of Django and a2wsgi describe WSGI differently; both speak it.
threads = WSGIMiddleware(django, workers=int(os.environ.get("WEB_THREADS", "8")))  # type: ignore[arg-type]


async def in_threads(scope: Scope, receive: Receive, send: Send) -> None:
    """Run the WSGI application; granian's callables are wrapped because a2wsgi calls them late."""

    async def receiving() -> MutableMapping[str, Any]:
        return await receive()

    async def sending(message: MutableMapping[str, Any]) -> None:
        await send(message)

    await threads(scope, receiving, sending)  # type: ignore[arg-type]  # a2wsgi's own scope type


hub = Hub(**settings.COUNTERSIGN["live"])
live = LiveStreams(LongPoll(in_threads), hub=hub, feed=Feed(hub))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer lifespan and HTTP; nothing here speaks WebSocket."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await live(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            live.close()
            return
