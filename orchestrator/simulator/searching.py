"""`/search` and `/parameterizedSearch`: records by words in their texts."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.simulator import rows, sosl
from orchestrator.simulator.calls import Answer, Call, Context
from orchestrator.simulator.errors import bad_json, method_not_allowed, refusal
from orchestrator.simulator.fields import TEXTS, ObjectType
from orchestrator.simulator.permissions import Sight
from orchestrator.simulator.soql import SoqlError, run_query
from orchestrator.simulator.sosl import Search, Wanted, malformed

MOST = 2000
GROUPS: Mapping[str, frozenset[str]] = {
    "email": frozenset({"email"}),
    "phone": frozenset({"phone"}),
}
NAMES = frozenset({"name", "firstname", "lastname", "subject", "title"})
Patterns = Sequence[Sequence[re.Pattern[str]]]


def by_statement(call: Call) -> Answer:
    """
    Answer a SOSL statement.

    :raises Refusal: if it cannot be read, or asks for what there is not
    """
    if call.method not in ("GET", "HEAD"):
        raise method_not_allowed(call.method, ("HEAD", "GET"))
    text = call.query.get("q")
    if not text:
        raise malformed("The query parameter q is required.")
    return _answer(call.context, sosl.parse(text))


def by_parameters(call: Call) -> Answer:
    """
    Answer a search whose parts are named one by one.

    :raises Refusal: if they cannot be read, or ask for what there is not
    """
    if call.method == "POST":
        return _answer(call.context, _posted(call.body))
    if call.method not in ("GET", "HEAD"):
        raise method_not_allowed(call.method, ("HEAD", "GET", "POST"))
    return _answer(call.context, _asked(call.query))


def _answer(context: Context, search: Search) -> Answer:
    patterns = sosl.patterns(search.term)
    wanted = search.wanted or [
        Wanted(kind.name) for kind in context.org.permissions.types(context.user_id)
        if kind.writable
    ]  # fmt: skip
    found = [
        record for one in wanted for record in _found(context, patterns, search.group, one)
    ]  # fmt: skip
    return Answer(200, {"searchRecords": found[: min(search.limit or MOST, MOST)]})


def _found(
    context: Context, patterns: Patterns, group: str, wanted: Wanted
) -> list[dict[str, Any]]:
    kind = context.org.permissions.named(context.user_id, wanted.object_name)
    if kind is None:
        raise refusal("INVALID_TYPE", f"sObject type '{wanted.object_name}' is not supported.")
    names = _searched(kind, group)
    matching = {
        row["Id"] for row in context.org.store.rows(kind.name)
        if not row["IsDeleted"] and _matches(patterns, [str(row[one] or "") for one in names])
    }  # fmt: skip
    records = [one for one in _queried(context, kind, wanted) if one["Id"] in matching]
    end = None if wanted.limit is None else wanted.offset + wanted.limit
    hidden = {} if _asks_for_id(wanted) else {"Id"}
    return [
        {name: value for name, value in record.items() if name not in hidden}
        for record in records[wanted.offset : end]
    ]


def _queried(context: Context, kind: ObjectType, wanted: Wanted) -> list[dict[str, Any]]:
    fields = list(wanted.fields) if _asks_for_id(wanted) else ["Id", *wanted.fields]
    # Our own engine reads this, as the user who asks: there is no database behind it.
    text = f"SELECT {', '.join(fields)} FROM {kind.name} {wanted.clauses}"  # noqa: S608 - see above
    try:
        result = run_query(
            text, source=Sight(context), at=context.now,
            include_deleted=False, path_prefix=context.base,
        )  # fmt: skip
    except SoqlError as error:
        raise refusal(error.error_code, error.message) from error
    return list(result.records)


def _asks_for_id(wanted: Wanted) -> bool:
    return any(name.lower() == "id" for name in wanted.fields)


def _searched(kind: ObjectType, group: str) -> list[str]:
    if group == sosl.NAME:
        return [
            field.name for lower, field in kind.fields.items()
            if field.name == kind.name_field or lower in NAMES
        ]  # fmt: skip
    types = GROUPS.get(group, TEXTS)
    return [field.name for field in kind.fields.values() if field.type in types]


def _matches(patterns: Patterns, texts: Sequence[str]) -> bool:
    return any(
        all(any(pattern.search(text) for text in texts) for pattern in together)
        for together in patterns
    )


def _asked(query: Mapping[str, str]) -> Search:
    default, limit = query.get("defaultLimit"), query.get("overallLimit")
    wanted = [
        Wanted(
            name,
            rows.split_names(query.get(f"{name}.fields") or query.get("fields")) or ["Id"],
            f" WHERE {query[f'{name}.where']}" if query.get(f"{name}.where") else "",
            _count(query.get(f"{name}.limit") or default),
        )
        for name in rows.split_names(query.get("sobject")) or ()
    ]
    return Search(query.get("q", ""), query.get("in", sosl.ALL).lower(), wanted, _count(limit))


def _posted(body: Any) -> Search:
    entries = body.get("sobjects") or [] if isinstance(body, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
        raise bad_json("The body must be an object with q and a list: sobjects.")
    default, common = body.get("defaultLimit"), body.get("fields") or ["Id"]
    wanted = [
        Wanted(
            str(entry.get("name")),
            [str(name) for name in entry.get("fields") or common],
            f" WHERE {entry['where']}" if entry.get("where") else "",
            _count(entry.get("limit") or default),
        )
        for entry in entries
    ]
    group = str(body.get("in", sosl.ALL)).lower()
    return Search(str(body.get("q", "")), group, wanted, _count(body.get("overallLimit")))


def _count(given: Any) -> int | None:
    if given is None:
        return None
    if not str(given).isdigit():
        raise malformed(f"A limit must be a whole number: {given}")
    return int(given)
