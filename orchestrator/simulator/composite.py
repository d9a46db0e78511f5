"""`/composite`: up to 25 calls in one, in order, with references, as one transaction if asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.simulator import subrequests, unsettled
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import bad_json
from orchestrator.simulator.subrequests import Item, Perform, Rules, malformed

MOST, MOST_BULKY = 25, 5


def handle(call: Call, perform: Perform) -> Answer:
    """
    Do the subrequests of a composite request.

    :raises Refusal: if the request as a whole is malformed
    """
    body = call.body if isinstance(call.body, Mapping) else {}
    items = _read(body.get("compositeRequest"))
    switches, all_or_none = call.context.org.switches, body.get("allOrNone") is True
    rules = Rules(
        supports=_supports,
        headers=lambda headers: unsettled.item_headers(switches, headers),
        undoes=lambda answer: all_or_none and unsettled.takes_others_back(switches, answer),
    )
    answers = subrequests.run(call, items, perform, rules)
    return Answer(200, subrequests.written(call, items, answers))


def _supports(_method: str, path: tuple[str, ...]) -> bool:
    words = tuple(word.lower() for word in path[:2])
    return words[:1] in (("sobjects",), ("query",), ("queryall",)) or words == (
        "composite",
        "sobjects",
    )


def _read(entries: Any) -> Sequence[Item]:
    if not isinstance(entries, list):
        raise bad_json("The body must be an object with a list of subrequests: compositeRequest.")
    if len(entries) > MOST:
        raise malformed(f"Limit exceeded: at most {MOST} subrequests are allowed.")
    items = subrequests.read(entries)
    if sum(_is_bulky(item.url) for item in items) > MOST_BULKY:
        raise malformed(f"At most {MOST_BULKY} subrequests may be queries or collections.")
    return items


def _is_bulky(url: str) -> bool:
    path = url.lower().split("?", 1)[0]
    return subrequests.is_collection(path) or "/query" in path
