"""`/query` and `/queryAll`: answers in pages."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import method_not_allowed, refusal
from orchestrator.simulator.permissions import Sight
from orchestrator.simulator.soql import SoqlError, run_query

LONGEST = 100_000
SMALLEST_PAGE, LARGEST_PAGE = 200, 2000
BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)
MOST_CURSORS = 10


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rest of an answer."""

    user_id: str
    total: int
    records: list[dict[str, Any]]


class Cursors:
    """Answers that were too long for one page; each user keeps the newest ten."""

    def __init__(self) -> None:
        """Start with none."""
        self._cursors: OrderedDict[str, Cursor] = OrderedDict()
        self._made = 0

    def keep(self, cursor: Cursor) -> str:
        """Return the name of a cursor that is kept."""
        self._made += 1
        name = f"01gSm{self._made:010d}AAA"
        self._cursors[name] = cursor
        mine = [key for key, one in self._cursors.items() if one.user_id == cursor.user_id]
        for old in mine[:-MOST_CURSORS]:
            del self._cursors[old]
        return name

    def get(self, name: str) -> Cursor | None:
        """Return a cursor that is still kept."""
        return self._cursors.get(name)


def handle(call: Call, *, include_deleted: bool) -> Answer:
    """
    Answer a query, or return the next page of one.

    :raises Refusal: if the query or the locator is not good
    """
    if call.method not in ("GET", "HEAD"):
        raise method_not_allowed(call.method, ("HEAD", "GET"))
    if len(call.path) > 1:
        return _next_page(call, call.path[1])
    text = call.query.get("q")
    if text is None:
        raise refusal("MALFORMED_QUERY", "The query parameter q is required.")
    if len(text) > LONGEST:
        raise refusal("MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters.")
    try:
        result = run_query(
            text, source=Sight(call.context), at=call.context.now,
            include_deleted=include_deleted, path_prefix=call.context.base,
        )  # fmt: skip
    except SoqlError as error:
        raise refusal(error.error_code, error.message) from error
    cursor = Cursor(call.context.user_id, result.total_size, result.records)
    if len(result.records) <= _page_size(call):
        return _page(call, cursor, "", 0)
    return _page(call, cursor, call.context.org.cursors.keep(cursor), 0)


def _next_page(call: Call, locator: str) -> Answer:
    name, _, start = locator.rpartition("-")
    cursor = call.context.org.cursors.get(name)
    if cursor is None or cursor.user_id != call.context.user_id or not start.isdigit():
        raise refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
    return _page(call, cursor, name, int(start))


def _page(call: Call, cursor: Cursor, name: str, start: int) -> Answer:
    end = start + _page_size(call)
    done = end >= len(cursor.records)
    body: dict[str, Any] = {"totalSize": cursor.total, "done": done}
    if not done:
        body["nextRecordsUrl"] = f"{call.context.base}/query/{name}-{end}"
    return Answer(200, {**body, "records": cursor.records[start:end]})


def _page_size(call: Call) -> int:
    found = BATCH_SIZE.search(call.asked_for("sforce-query-options") or "")
    size = int(found[1]) if found else LARGEST_PAGE
    return min(max(size, SMALLEST_PAGE), LARGEST_PAGE)
