"""Long polls wait on the event loop, ask the ordinary route, and end in time."""

import asyncio
import json

import pytest

from orchestrator.gateway.long_poll import LongPoll
from tests import asynchronous

PATH = "/api/v1/proposals/prp_01M7YSSW96V3GH3VNMZ9K9FMEJ"


class Route:
    """The ordinary route: answers from a list of states, the last one again and again."""

    def __init__(self, *states: str, status: int = 200):
        self.states, self.status, self.asked = list(states), status, 0

    async def __call__(self, scope, receive, send):
        self.asked += 1
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        body = {"state": state, "closed": state == "denied", "revision": 1}
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def poll(route, query=b"wait=5", path=PATH, method="GET", leaves_after=None):
    async def run():
        sent = []

        async def send(message):
            sent.append(message)

        async def receive():
            if leaves_after is None:
                await asyncio.Event().wait()
            await asyncio.sleep(leaves_after)
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": method, "path": path, "query_string": query}
        await asyncio.wait_for(LongPoll(route)(scope, receive, send), 10)
        return json.loads(b"".join(m.get("body", b"") for m in sent))["state"]

    return asynchronous.run(run())


@pytest.mark.req("E5")
class TestLongPoll:
    def test_answers_as_soon_as_the_state_changes(self):
        route = Route("in_review", "in_review", "approved")
        assert poll(route) == "approved"
        assert route.asked == 3

    def test_does_not_wait_for_a_closed_proposal(self):
        route = Route("denied")
        assert poll(route) == "denied"
        assert route.asked == 1

    def test_does_not_wait_where_the_route_refuses(self):
        route = Route("in_review", status=401)
        poll(route)
        assert route.asked == 1

    def test_ends_when_the_time_is_over(self):
        assert poll(Route("in_review"), query=b"wait=1") == "in_review"

    def test_stops_asking_when_the_agent_leaves(self):
        route = Route("in_review")
        poll(route, query=b"wait=60", leaves_after=0.05)
        assert route.asked <= 3

    @pytest.mark.parametrize("query", [b"", b"wait=0", b"wait=x", b"wait=61", b"wait=-5"])
    def test_leaves_everything_else_to_the_route(self, query):
        route = Route("in_review")
        poll(route, query=query)
        assert route.asked == 1
