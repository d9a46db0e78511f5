"""Where composite requests and counting depend on a switch: what no document settles about them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from orchestrator.simulator.calls import Answer
from orchestrator.simulator.switches import Switches

CONDITIONS = frozenset(
    {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since"}
)  # fmt: skip
Headers = Mapping[str, str]


def item_headers(switches: Switches, headers: Headers) -> Headers:
    """Return the headers of a composite's item that have an effect."""
    if switches["guard_in_composite"]:
        return headers
    return {name: value for name, value in headers.items() if name not in CONDITIONS}


def node_headers(switches: Switches, headers: Headers) -> Headers:
    """Return the headers of a graph's node that have an effect."""
    return item_headers(switches, headers) if switches["headers_in_graph"] else {}


def takes_others_back(switches: Switches, answer: Answer) -> bool:
    """Say whether a failed item undoes the others of its all-or-none composite."""
    return answer.status != 412 or bool(switches["rollback_on_412"])


def written_item(switches: Switches, answer: Answer, reference: str) -> dict[str, Any]:
    """Return an item as the composite's answer shows it."""
    shown = {"Location", "ETag"} if switches["create_location_in_composite"] else {"ETag"}
    item: dict[str, Any] = {"body": answer.body}
    if answer.body is None and switches["success_body_in_composite"] == "absent":
        item = {}
    return {
        **item,
        "httpHeaders": {name: one for name, one in answer.headers.items() if name in shown},
        "httpStatusCode": answer.status,
        "referenceId": reference,
    }


def as_item(switches: Switches, answer: Answer) -> Answer:
    """Return an answer as an item of a composite may carry it."""
    if switches["duplicate_result_in_composite"] or not isinstance(answer.body, list):
        return answer
    rows = [
        {name: one for name, one in row.items() if name != "duplicateResult"}
        if isinstance(row, dict) else row
        for row in answer.body
    ]  # fmt: skip
    return replace(answer, body=rows)


def calls_of(switches: Switches, kind: str, body: Any) -> int:
    """Return how many calls a request is against the allowance."""
    name, parts = COUNTED.get(kind, ("", ""))
    entries = body.get(parts) if name and isinstance(body, Mapping) else None
    if not isinstance(entries, Sequence) or switches[name] == "one":
        return 1
    return max(1, len(entries))


COUNTED: Mapping[str, tuple[str, str]] = {
    "composite": ("composite_calls", "compositeRequest"),
    "batch": ("batch_calls", "batchRequests"),
    "collections_write": ("collection_calls", "records"),
}
