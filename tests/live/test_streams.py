"""Streams: opened by what the ordinary route says, asked again, and ended when they should."""

import asyncio
import json

import pytest

from orchestrator.live import streams
from orchestrator.live.events import Event, Kind
from orchestrator.live.feed import Feed
from orchestrator.live.hub import Hub
from orchestrator.live.passes import Pass
from orchestrator.live.streams import LiveStreams
from tests import asynchronous

BEN = Pass(person="ben", name="Ben", workflows=frozenset({"deal-hygiene"}), session="mark")
DECIDED = Event(kind=Kind.DECIDED, proposal="prp_1", workflow="deal-hygiene")


class Route:
    """The ordinary route: a list of answers, the last one again and again."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    async def __call__(self, scope, receive, send):
        self.asked += 1
        status, given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        body = json.dumps(given.as_json() if given else {}).encode()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})


class NoFeed(Feed):
    """Where events come from when the test brings them itself."""

    def __init__(self, hub):
        super().__init__(hub)
        self.moves = []

    def begin(self):
        return None

    def end(self):
        return None

    async def came(self, seat):
        self.moves.append(("came", seat.given.proposal))

    async def left(self, seat):
        self.moves.append(("left", seat.given.proposal))


class Browser:
    """One who listens: what was sent to them, and a way to leave."""

    def __init__(self, route, *, hub=None, path="/live/", accept=b"text/event-stream", slow=False):
        self.hub = hub or Hub(most=10, most_each=10)
        self.hub.resume()
        self.feed, self.slow = NoFeed(self.hub), slow
        self.live = LiveStreams(route, hub=self.hub, feed=self.feed)
        self.sent, self.leave = [], asyncio.Event()
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "headers": [(b"accept", accept)],
            "query_string": b"",
        }

    async def receive(self):
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if self.slow and message.get("body"):
            await asyncio.Event().wait()
        self.sent.append(message)

    async def listen(self, *steps):
        """Open the stream, take the steps one after the other, and wait until it is over."""
        stream = asyncio.create_task(self.live(self.scope, self.receive, self.send))
        for step in steps:
            await self.quiet()
            step(self)
        await asyncio.wait_for(stream, 10)
        return self

    async def quiet(self):
        """Let everything run that can."""
        for _ in range(20):
            await asyncio.sleep(0)

    @property
    def told(self):
        text = b"".join(message.get("body", b"") for message in self.sent).decode()
        lines = [line for line in text.splitlines() if line.startswith("data: ")]
        return [json.loads(line.removeprefix("data: "))["kind"] for line in lines]

    @property
    def status(self):
        return self.sent[0]["status"]


def listening(route, *steps, **more):
    async def run():
        return await Browser(route, **more).listen(*steps)

    return asynchronous.run(run())


def leave(browser):
    browser.leave.set()


def deliver(*events):
    return lambda browser: browser.hub.deliver(events)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Nobody spreads load in a test."""
    monkeypatch.setattr(streams, "SPREAD_SECONDS", 0.0)


class TestOpening:
    def test_says_hello_and_tells_what_comes(self):
        browser = listening(Route((200, BEN)), deliver(DECIDED), leave)
        assert browser.status == 200
        assert browser.told == ["hello", "decided"]
        headers = dict(browser.sent[0]["headers"])
        assert headers[b"content-type"].startswith(b"text/event-stream")
        assert headers[b"x-accel-buffering"] == b"no"

    @pytest.mark.parametrize("status", [302, 403, 404, 500])
    def test_gives_the_ordinary_answer_where_the_route_refuses(self, status):
        browser = listening(Route((status, None)))
        assert (browser.status, browser.told, browser.hub.seats) == (status, [], set())

    def test_leaves_everything_else_to_the_route(self):
        for other in ({"path": "/live/inbox/"}, {"accept": b"text/html"}):
            route = Route((200, BEN))
            assert listening(route, **other).hub.seats == set()
            assert route.asked == 1

    def test_refuses_one_too_many_and_says_when_to_come_back(self):
        browser = listening(Route((200, BEN)), hub=Hub(most=0, most_each=1))
        assert browser.status == 503
        assert (b"retry-after", b"60") in browser.sent[0]["headers"]

    def test_notes_who_looks_at_a_proposal_and_forgets_them(self):
        here = Pass(person="ben", name="Ben", proposal="prp_1", proposal_workflow="w")
        browser = listening(Route((200, here)), leave)
        assert browser.feed.moves == [("came", "prp_1"), ("left", "prp_1")]

    def test_says_that_nothing_comes_while_redis_is_away(self):
        def pause(browser):
            browser.hub.pause()

        assert listening(Route((200, BEN)), pause, leave).told == ["hello", "paused"]


class TestEnding:
    def test_frees_the_seat_when_somebody_leaves(self):
        assert listening(Route((200, BEN)), leave).hub.seats == set()

    def test_comes_with_the_session(self):
        ended = Event(kind=Kind.SESSION_ENDED, about="mark")
        browser = listening(Route((200, BEN)), deliver(ended))
        assert browser.told == ["hello", "ended"]
        assert browser.sent[-1]["more_body"] is False

    def test_comes_when_the_account_is_closed(self):
        closed = Event(kind=Kind.RIGHTS_CHANGED, about="ben")
        browser = listening(Route((200, BEN), (302, None)), deliver(closed, DECIDED))
        assert browser.told == ["hello", "ended"]

    def test_comes_when_the_server_stops_and_the_browser_may_come_back(self):
        browser = listening(Route((200, BEN)), lambda browser: browser.live.close())
        assert browser.told == ["hello"]

    def test_comes_when_a_reader_takes_nothing(self, monkeypatch):
        monkeypatch.setattr(streams, "SEND_SECONDS", 0.05)
        assert listening(Route((200, BEN)), slow=True).hub.seats == set()


class TestAskingAgain:
    def test_follows_a_change_of_rights_before_anything_else_is_told(self):
        less = Pass(person="ben", name="Ben", workflows=frozenset(), session="mark")
        changed = Event(kind=Kind.RIGHTS_CHANGED)
        browser = listening(
            Route((200, BEN), (200, less)),
            deliver(changed, DECIDED),
            deliver(DECIDED),
            leave,
        )
        assert browser.told == ["hello", "much"]

    def test_happens_by_itself_now_and_then(self, monkeypatch):
        monkeypatch.setattr(streams, "ASK_AGAIN_SECONDS", 0.02)
        browser = listening(Route((200, BEN), (200, BEN), (302, None)))
        assert browser.told == ["hello", "ended"]

    def test_ends_the_stream_of_somebody_else(self):
        eve = Pass(person="eve", name="Eve")
        changed = Event(kind=Kind.RIGHTS_CHANGED)
        browser = listening(Route((200, BEN), (200, eve)), deliver(changed))
        assert browser.told[-1] == "ended"

    def test_lets_the_browser_come_back_where_nobody_can_answer(self):
        changed = Event(kind=Kind.RIGHTS_CHANGED)
        browser = listening(Route((200, BEN), (500, None)), deliver(changed))
        assert browser.told == ["hello"]
