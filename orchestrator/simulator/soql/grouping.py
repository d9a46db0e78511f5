"""Aggregates: COUNT, MIN and the others, with or without GROUP BY."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from orchestrator.simulator.soql.columns import Column, Scope
from orchestrator.simulator.soql.errors import Fault
from orchestrator.simulator.soql.nodes import Call, Item, Operand, Path, Query
from orchestrator.simulator.soql.predicates import Access
from orchestrator.simulator.soql.source import FieldInfo, Row
from orchestrator.simulator.soql.values import IDS, NUMBERS, comparable, written

MOST_GROUPS = 2000
COUNTS = frozenset({"COUNT", "COUNT_DISTINCT"})
SUMS = frozenset({"SUM", "AVG"})


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share the values of the grouped columns."""

    rows: tuple[Row, ...]


class Grouping:
    """The groups of one aggregate query and what they answer."""

    def __init__(self, query: Query, scope: Scope) -> None:
        self._query = query
        self._scope = scope
        self._grouped = [scope.column(path) for path in query.group_by]
        self._outputs = self._named(query.items)

    def groups(self, rows: Iterable[Row]) -> list[Group]:
        """Return the groups, in the order their first rows came; one group without GROUP BY."""
        if not self._grouped:
            return [Group(tuple(rows))]
        found: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            key = tuple(self._scope.value(column, row) for column in self._grouped)
            found.setdefault(key, []).append(row)
        return [Group(tuple(members)) for members in found.values()]

    def access(self, operand: Operand) -> Access:
        """
        Return how to read an operand from a group.

        :raises Fault: MALFORMED_QUERY if it is neither grouped nor an aggregate that fits
        """
        return self._aggregate(operand) if isinstance(operand, Call) else self._key(operand)

    def record(self, group: Group) -> dict[str, Any]:
        """Return a group as the API writes it."""
        record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        for name, access in self._outputs.items():
            record[name] = written(access.field.type, access.get(group))
        return record

    def _named(self, items: tuple[Item, ...]) -> dict[str, Access]:
        outputs: dict[str, Access] = {}
        unnamed = 0
        for item in items:
            access, name = self._output(item), item.alias
            if name is None and isinstance(item.what, Path):
                name = access.field.name
            if name is None:
                name, unnamed = f"expr{unnamed}", unnamed + 1
            if name.lower() in {known.lower() for known in outputs}:
                raise Fault("MALFORMED_QUERY", f"duplicate alias: {name}", offset=item.offset)
            outputs[name] = access
        return outputs

    def _output(self, item: Item) -> Access:
        if isinstance(item.what, Path | Call):
            return self.access(item.what)
        raise Fault(
            "MALFORMED_QUERY",
            "subqueries and FIELDS() cannot stand beside aggregates",
            offset=item.offset,
        )

    def _key(self, path: Path) -> Access:
        column = self._scope.column(path)
        if column not in self._grouped:
            raise Fault(
                "MALFORMED_QUERY",
                f"Field must be grouped or aggregated: {path}",
                offset=path.offset,
            )
        return Access(column.field, lambda group: self._scope.value(column, group.rows[0]))

    def _aggregate(self, call: Call) -> Access:
        if call.path is None:
            if self._query.group_by:
                raise Fault(
                    "MALFORMED_QUERY", "COUNT() stands alone; use COUNT(Id)", offset=call.offset
                )
            return Access(FieldInfo("COUNT", "int"), lambda group: len(group.rows))
        column = self._scope.column(call.path)
        _check(call, column)
        field_type = _result_type(call.function, column.field.type)
        reduce = REDUCERS[call.function]

        def get(group: Group) -> Any:
            values = (self._scope.value(column, row) for row in group.rows)
            return reduce(column.field.type, [v for v in values if v is not None and v != ""])

        return Access(FieldInfo(column.field.name, field_type), get)


def check_size(groups: list[Group]) -> None:
    """
    Refuse what cannot be paged.

    :raises Fault: EXCEEDED_ID_LIMIT over 2,000 groups
    """
    if len(groups) > MOST_GROUPS:
        raise Fault(
            "EXCEEDED_ID_LIMIT",
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to "
            "a single batch",
        )


def _check(call: Call, column: Column) -> None:
    refused = call.function in SUMS and column.field.type not in NUMBERS
    if call.function in ("MIN", "MAX"):
        refused = column.field.type in {*IDS, "boolean", "textarea", "multipicklist"}
    if refused:
        raise Fault(
            "MALFORMED_QUERY",
            f"field {call.path} does not support aggregate operator {call.function}",
            offset=call.offset,
        )


def _result_type(function: str, field_type: str) -> str:
    if function in COUNTS:
        return "int"
    return "double" if function in SUMS else field_type


def _sum(_field_type: str, values: list[Any]) -> Any:
    return sum(float(value) for value in values) if values else None


def _average(_field_type: str, values: list[Any]) -> Any:
    return sum(float(value) for value in values) / len(values) if values else None


def _least(field_type: str, values: list[Any]) -> Any:
    return min(values, key=lambda value: comparable(field_type, value), default=None)


def _most(field_type: str, values: list[Any]) -> Any:
    return max(values, key=lambda value: comparable(field_type, value), default=None)


REDUCERS: dict[str, Callable[[str, list[Any]], Any]] = {
    "COUNT": lambda _field_type, values: len(values),
    "COUNT_DISTINCT": lambda field_type, values: len({comparable(field_type, v) for v in values}),
    "SUM": _sum,
    "AVG": _average,
    "MIN": _least,
    "MAX": _most,
}
