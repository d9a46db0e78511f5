"""
Event streams: `GET /live/` is answered here, on the event loop, for as long as the page is open.

Who asks is settled by the ordinary route, in a thread, through every middleware that a page goes
through; it is asked again now and then, and at once when rights change. In between a stream holds
no thread, no connection to the database and no subscription of its own.
"""

import asyncio
import contextlib
import json
import random
from functools import lru_cache

from orchestrator.live.asking import Application, Message, Receive, Scope, Send, ask, pass_in
from orchestrator.live.events import Kind
from orchestrator.live.feed import Feed
from orchestrator.live.hub import Hub, Seat, Word
from orchestrator.live.passes import Pass

PATH = "/live/"
# Shorter than any proxy's patience.
BEAT_SECONDS = 20.0
ASK_AGAIN_SECONDS = 120.0
# After a change of rights everybody is asked anew, but not in the same moment.
SPREAD_SECONDS = 2.0
# A reader that takes nothing for so long is gone.
SEND_SECONDS = 10.0
# How long a browser waits before it comes back: not all of them at once.
RETRY_MILLISECONDS = (2000, 5000)
# What a session that is over is answered; anything else may pass.
NO_MORE = (302, 401, 403, 404)
BEAT = b": still here\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    # Proxies of the nginx family hold answers back without this.
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
FULL = b"No more live connections here; the page works by hand."


class LiveStreams:
    """Answer event streams; hand everything else to the application at once."""

    def __init__(self, application: Application, *, hub: Hub, feed: Feed) -> None:
        """Keep the application that answers, and where events come from."""
        self.application, self.hub, self.feed = application, hub, feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a stream where one is asked for, to whoever may have it."""
        if not _wants_stream(scope):
            await self.application(scope, receive, send)
            return
        answer = await ask(self.application, scope)
        given = pass_in(answer)
        if given is None:
            for message in answer:
                await send(message)
        elif self.hub.has_room(given.person):
            await self._open(scope, receive, send, given)
        else:
            await _refuse(send)

    def close(self) -> None:
        """End every stream: the server stops."""
        for seat in self.hub.seats:
            seat.end()
        self.feed.end()

    async def _open(self, scope: Scope, receive: Receive, send: Send, given: Pass) -> None:
        self.feed.begin()
        seat = self.hub.join(given)
        leaving = asyncio.create_task(_end_when_gone(receive, seat))
        try:
            await _put(send, {"type": "http.response.start", "status": 200, "headers": HEADERS})
            pause = random.randint(*RETRY_MILLISECONDS)  # noqa: S311 - spreads load
            await _say(send, f"retry: {pause}\n\n".encode())
            if given.proposal:
                await self.feed.came(seat)
            await self._go_on(scope, send, seat)
        except (OSError, TimeoutError):
            # They left in the middle of a word, or take nothing any more.
            seat.end()
        finally:
            leaving.cancel()
            self.hub.leave(seat)
            if given.proposal:
                await self.feed.left(seat)

    async def _go_on(self, scope: Scope, send: Send, seat: Seat) -> None:
        """Tell what comes until somebody leaves or may not stay."""
        ask_at = _next_asking()
        seat.tell("paused" if self.hub.paused else "hello")
        while True:
            await _stirred(seat, min(BEAT_SECONDS, max(ask_at - _time(), 0)))
            if not seat.over and (seat.doubtful or _time() >= ask_at):
                await self._ask_again(scope, seat)
                ask_at = _next_asking()
            waiting = seat.taken()
            if seat.over:
                await _say(send, _lines(waiting), more=False)
                return
            await _say(send, _lines(waiting) or BEAT)

    async def _ask_again(self, scope: Scope, seat: Seat) -> None:
        """Ask what the stream may tell now; what waited was chosen by what it might before."""
        if seat.doubtful:
            await asyncio.sleep(random.uniform(0, SPREAD_SECONDS))  # noqa: S311 - spreads load
        doubted, seat.doubtful = seat.doubtful, False
        answer = await ask(self.application, scope)
        given = pass_in(answer)
        if doubted:
            seat.taken()
            seat.tell(str(Kind.MUCH))
        if given is not None and given.person == seat.given.person:
            seat.given = given
            return
        seat.taken()
        if given is not None or answer[0].get("status") in NO_MORE:
            seat.tell("ended")
        seat.end()


def _wants_stream(scope: Scope) -> bool:
    if scope["method"] != "GET" or scope["path"] != PATH:
        return False
    accepts = [value for name, value in scope["headers"] if name == b"accept"]
    return any(b"text/event-stream" in value for value in accepts)


async def _end_when_gone(receive: Receive, seat: Seat) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    seat.end()


async def _stirred(seat: Seat, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await seat.stirred.wait()


async def _say(send: Send, body: bytes, *, more: bool = True) -> None:
    await _put(send, {"type": "http.response.body", "body": body, "more_body": more})


async def _put(send: Send, message: Message) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send(message)


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"60")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": FULL})


def _lines(waiting: list[Word]) -> bytes:
    return b"".join(_line(*word) for word in waiting)


@lru_cache(maxsize=1000)
def _line(kind: str, proposal: str, mine: bool) -> bytes:  # noqa: FBT001 - part of a word
    row = {"kind": kind, "proposal": proposal, "mine": mine}
    said = {name: value for name, value in row.items() if value}
    return b"data: " + json.dumps(said).encode() + b"\n\n"


def _time() -> float:
    return asyncio.get_running_loop().time()


def _next_asking() -> float:
    return _time() + ASK_AGAIN_SECONDS * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load
