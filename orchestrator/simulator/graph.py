"""`/composite/graph`: many subrequests in graphs, each graph a transaction of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.simulator import addresses, references, subrequests, unsettled
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import Refusal, bad_json, not_found
from orchestrator.simulator.subrequests import HALTED, Item, Perform, Rules, malformed

FIRST_VERSION = 50.0
MOST_GRAPHS, MOST_NODES, MOST_KINDS, DEEPEST, MOST_FAILED = 75, 500, 15, 15, 14
GRAPH_ID = re.compile(r"[A-Za-z0-9].{0,38}", re.DOTALL)
# By how many segments follow `sobjects`.
ALLOWED: Mapping[int, frozenset[str]] = {
    1: frozenset({"POST"}),
    2: frozenset({"DELETE", "GET", "PATCH"}),
    3: frozenset({"DELETE", "GET", "PATCH", "POST"}),
}
RESERVED = frozenset({"describe", "updated", "deleted"})


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph: its name and its nodes, in order."""

    name: str
    nodes: Sequence[Item]


def handle(call: Call, perform: Perform) -> Answer:
    """
    Do each graph, all of it or nothing; after 14 that failed the others are not tried.

    :raises Refusal: if the payload as a whole is malformed or over a limit
    """
    if call.context.version_number < FIRST_VERSION:
        raise not_found()
    graphs = _read(call.body)
    switches = call.context.org.switches
    rules = Rules(
        supports=_supports,
        headers=lambda headers: unsettled.node_headers(switches, headers),
        undoes=lambda _answer: True,
    )
    results: list[dict[str, Any]] = []
    for graph in graphs:
        failed = sum(not one["isSuccessful"] for one in results)
        if failed < MOST_FAILED:
            answers = subrequests.run(call, graph.nodes, perform, rules)
        else:
            answers = [Answer(400, [HALTED.as_row()]) for _ in graph.nodes]
        results.append(_written(call, graph, answers))
    return Answer(200, {"graphs": results})


def _written(call: Call, graph: Graph, answers: Sequence[Answer]) -> dict[str, Any]:
    return {
        "graphId": graph.name,
        "graphResponse": subrequests.written(call, graph.nodes, answers),
        "isSuccessful": not any(subrequests.is_error(answer) for answer in answers),
    }


def _supports(method: str, path: tuple[str, ...]) -> bool:
    words = [word.lower() for word in path]
    return (
        words[:1] == ["sobjects"]
        and method in ALLOWED.get(len(words) - 1, ())
        and not (len(words) == 3 and words[2] in RESERVED)
    )


def _read(body: Any) -> list[Graph]:
    entries = body.get("graphs") if isinstance(body, Mapping) else None
    if not isinstance(entries, list) or not entries:
        raise bad_json("The body must be an object with a list of graphs: graphs.")
    if len(entries) > MOST_GRAPHS:
        raise malformed(f"Limit exceeded: at most {MOST_GRAPHS} graphs are allowed.")
    graphs = [_graph(entry) for entry in entries]
    if len({graph.name for graph in graphs}) < len(graphs):
        raise malformed("Each graphId must be used once only.")
    if sum(len(graph.nodes) for graph in graphs) > MOST_NODES:
        raise malformed(f"Limit exceeded: at most {MOST_NODES} nodes are allowed.")
    return graphs


def _graph(entry: Any) -> Graph:
    if not isinstance(entry, Mapping):
        raise bad_json("Each graph must be an object.")
    name = entry.get("graphId")
    if not isinstance(name, str) or not GRAPH_ID.fullmatch(name):
        raise malformed(f"Provided graphId ({name}) is not valid.")
    nodes = subrequests.read(entry.get("compositeRequest"))
    if len({_kind(node) for node in nodes}) > MOST_KINDS:
        raise malformed(f"Limit exceeded: at most {MOST_KINDS} kinds of nodes in a graph.")
    if _depth(nodes) > DEEPEST:
        raise malformed(f"Limit exceeded: a graph is at most {DEEPEST} nodes deep.")
    return Graph(name, nodes)


def _kind(node: Item) -> tuple[str, ...]:
    """Return what makes nodes of one kind: version, method and object."""
    try:
        (version, *path), _ = addresses.split(node.url)
    except Refusal:
        return (node.url,)
    if float(version) < FIRST_VERSION:
        raise malformed(f"Graphs need version {FIRST_VERSION:.0f} or later: {node.url}")
    return version, node.method, *(word.lower() for word in path[:2])


def _depth(nodes: Sequence[Item]) -> int:
    """Return how many nodes the longest chain of references has."""
    depths: dict[str, int] = {}
    for node in nodes:
        uses = references.names((node.url, node.body))
        depths[node.reference] = 1 + max((depths.get(name, 0) for name in uses), default=0)
    return max(depths.values())
