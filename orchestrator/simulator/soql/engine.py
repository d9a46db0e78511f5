"""Queries answered from the rows of an org."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from typing import Any

from orchestrator.simulator.soql.columns import Scope, entity_named
from orchestrator.simulator.soql.errors import Fault, refusal
from orchestrator.simulator.soql.fieldgroups import listed_ids
from orchestrator.simulator.soql.grouping import Grouping, check_size
from orchestrator.simulator.soql.nodes import Call, Item, Operand, Path, Query, SemiJoin
from orchestrator.simulator.soql.ordering import arranged, page
from orchestrator.simulator.soql.parser import parse
from orchestrator.simulator.soql.predicates import Access, Compiler
from orchestrator.simulator.soql.selection import Selection
from orchestrator.simulator.soql.source import QueryResult, Row, RowSource
from orchestrator.simulator.soql.values import IDS, RECORD_ID, full_id


def run_query(
    text: str,
    *,
    source: RowSource,
    at: dt.datetime,
    include_deleted: bool = False,
    path_prefix: str = "/services/data/v64.0",
) -> QueryResult:
    """
    Answer a SOQL query, whole; paging is the server's.

    :raises SoqlError: if the query is malformed or names what the org does not have
    """
    try:
        return _Engine(source, at=at, deleted=include_deleted, prefix=path_prefix).answer(text)
    except Fault as fault:
        raise refusal(fault, text) from None


class _Engine:
    def __init__(self, source: RowSource, *, at: dt.datetime, deleted: bool, prefix: str) -> None:
        self._source = source
        self._at = at
        self._deleted = deleted
        self._prefix = prefix

    def answer(self, text: str) -> QueryResult:
        query = parse(text)
        entity = entity_named(self._source, query.from_name, query.from_offset)
        scope = self._scope(entity.name, query)
        if _is_bare_count(query):
            return QueryResult(len(page(self._matching(query, scope), query)), [])
        if _is_aggregate(query):
            return self._aggregates(query, scope)
        records = self._records(query, scope)
        return QueryResult(len(records), records)

    def _scope(self, entity_name: str, query: Query) -> Scope:
        entity = entity_named(self._source, entity_name, query.from_offset)
        return Scope(self._source, entity, alias=query.alias, deleted=self._deleted)

    def _compiler(self, access: Callable[[Operand], Access]) -> Compiler:
        return Compiler(access=access, joined=self._joined, at=self._at)

    def _records(self, query: Query, scope: Scope) -> list[dict[str, Any]]:
        selection = Selection(
            query,
            scope,
            prefix=self._prefix,
            children=lambda subquery: self._children(subquery, scope),
        )
        rows = arranged(self._matching(query, scope), query, row_access(scope))
        return [selection.record(row) for row in page(rows, query)]

    def _matching(self, query: Query, scope: Scope) -> list[Row]:
        if query.where is None:
            return list(scope.rows())
        test = self._compiler(row_access(scope)).test(query.where)
        return [row for row in _candidates(query, scope) if test(row)]

    def _aggregates(self, query: Query, scope: Scope) -> QueryResult:
        grouping = Grouping(query, scope)
        groups = grouping.groups(self._matching(query, scope))
        if query.having is not None:
            test = self._compiler(grouping.access).test(query.having)
            groups = [group for group in groups if test(group)]
        groups = page(arranged(groups, query, grouping.access), query)
        check_size(groups)
        return QueryResult(len(groups), [grouping.record(group) for group in groups])

    def _joined(self, join: SemiJoin) -> Collection[Any]:
        query = join.query
        scope = self._scope(query.from_name, query)
        paths = [item.what for item in query.items if isinstance(item.what, Path)]
        if len(paths) != 1 or len(query.items) != 1 or query.group_by:
            raise Fault(
                "MALFORMED_QUERY", "a semi join sub-select selects one field", offset=join.offset
            )
        access = row_access(scope)(paths[0])
        if access.field.type not in IDS:
            raise Fault(
                "MALFORMED_QUERY",
                f"The selected field in the semi join sub-select should be an id field, cannot "
                f"use: '{paths[0]}'",
                offset=paths[0].offset,
            )
        rows = page(arranged(self._matching(query, scope), query, row_access(scope)), query)
        return {access.key(row) for row in rows} - {None}

    def _children(self, query: Query, parent: Scope) -> tuple[str, Callable[[Row], Any]]:
        relationship, entity = parent.children(query.from_name, query.from_offset)
        if _is_aggregate(query):
            raise Fault(
                "MALFORMED_QUERY", "a child subquery has no aggregates", offset=query.starts_at
            )
        scope = self._scope(entity.name, query)
        selection = Selection(query, scope, prefix=self._prefix, children=_no_children)
        rows = arranged(self._matching(query, scope), query, row_access(scope))
        by_parent = _gathered(rows, relationship.field)

        def write(row: Row) -> dict[str, Any] | None:
            records = [
                selection.record(child) for child in page(by_parent.get(row["Id"], []), query)
            ]
            if not records:
                return None
            return {"totalSize": len(records), "done": True, "records": records}

        return relationship.name, write


def row_access(scope: Scope) -> Callable[[Operand], Access]:
    """Return how operands of a scope are read from its rows."""

    def access(operand: Operand) -> Access:
        if isinstance(operand, Call):
            raise Fault(
                "MALFORMED_QUERY",
                f"Aggregate {operand.function} cannot be used here",
                offset=operand.offset,
            )
        column = scope.column(operand)
        return Access(column.field, lambda row: scope.value(column, row))

    return access


def _candidates(query: Query, scope: Scope) -> Iterable[Row]:
    """Return the rows to test: those whose ids the query lists, or all."""
    ids = listed_ids(query.where)
    if ids is None:
        return scope.rows()
    wanted = dict.fromkeys(full_id(text) for text in ids if RECORD_ID.fullmatch(text))
    found = (scope.source.row(scope.entity.name, record_id) for record_id in wanted)
    return [row for row in found if row is not None and scope.visible(row)]


def _gathered(rows: list[Row], field: str) -> dict[Any, list[Row]]:
    gathered: dict[Any, list[Row]] = {}
    for row in rows:
        gathered.setdefault(row.get(field), []).append(row)
    return gathered


def _no_children(query: Query) -> tuple[str, Callable[[Row], Any]]:
    raise Fault("MALFORMED_QUERY", "only one level of child subqueries", offset=query.starts_at)


def _is_aggregate(query: Query) -> bool:
    return bool(query.group_by) or any(isinstance(item.what, Call) for item in query.items)


def _is_bare_count(query: Query) -> bool:
    match query:
        case Query(items=(Item(what=Call(path=None)),), group_by=()):
            if query.order_by:
                raise Fault(
                    "MALFORMED_QUERY",
                    "COUNT() cannot be ordered",
                    offset=query.order_by[0].operand.offset,
                )
            return True
    return False
