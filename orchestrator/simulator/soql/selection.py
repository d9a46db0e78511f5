"""The SELECT list as a plan of the record to write: fields, parents in parents, children."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from orchestrator.simulator.soql.columns import TYPE_OF_PARENT, Hop, Scope
from orchestrator.simulator.soql.errors import Fault
from orchestrator.simulator.soql.fieldgroups import expanded
from orchestrator.simulator.soql.nodes import Call, FieldsCall, Item, Path, Query
from orchestrator.simulator.soql.source import FieldInfo, ObjectInfo, Row
from orchestrator.simulator.soql.values import written

Children = Callable[[Query], tuple[str, Callable[[Row], Any]]]

MOST_SUBQUERIES = 20


@dataclass(slots=True)
class Plan:
    """What one record shows, by name, in the order it was asked for."""

    hop: Hop | None = None
    entries: "dict[str, FieldInfo | Plan | Callable[[Row], Any]]" = field(default_factory=dict)


class Selection:
    """Write rows as the records a query selects."""

    def __init__(self, query: Query, scope: Scope, *, prefix: str, children: Children) -> None:
        self._scope = scope
        self._prefix = prefix
        self._children = children
        self._plan = Plan()
        subqueries = [item for item in query.items if isinstance(item.what, Query)]
        if len(subqueries) > MOST_SUBQUERIES:
            raise Fault("MALFORMED_QUERY", f"at most {MOST_SUBQUERIES} subqueries are allowed")
        for item in query.items:
            self._add(item, query)

    def record(self, row: Row) -> dict[str, Any]:
        """Return a row as the API writes it."""
        return self._written(self._plan, self._scope.entity, row)

    def _add(self, item: Item, query: Query) -> None:
        if item.alias is not None:
            raise Fault(
                "MALFORMED_QUERY",
                "only aggregate expressions use field aliasing",
                offset=item.offset,
            )
        match item.what:
            case Path():
                self._add_path(item.what)
            case FieldsCall():
                for found in expanded(item.what, query, self._scope):
                    self._enter(self._plan, found.name, found, item.offset)
            case Query():
                name, write = self._children(item.what)
                self._enter(self._plan, name, write, item.offset)
            case Call():
                raise Fault("MALFORMED_QUERY", "COUNT() stands alone", offset=item.offset)

    def _add_path(self, path: Path) -> None:
        column = self._scope.column(path)
        plan = self._plan
        for hop in column.hops:
            inner = plan.entries.setdefault(hop.name, Plan(hop))
            if not isinstance(inner, Plan):
                raise _duplicate(hop.name, path.offset)
            plan = inner
        self._enter(plan, column.field.name, column.field, path.offset)

    def _enter(
        self, plan: Plan, name: str, entry: "FieldInfo | Callable[[Row], Any]", offset: int
    ) -> None:
        if name in plan.entries:
            raise _duplicate(name, offset)
        plan.entries[name] = entry

    def _written(self, plan: Plan, entity: ObjectInfo, row: Row) -> dict[str, Any]:
        type_name = "Name" if plan.hop is not None and plan.hop.polymorphic else entity.name
        url = f"{self._prefix}/sobjects/{entity.name}/{row.get('Id')}"
        record: dict[str, Any] = {"attributes": {"type": type_name, "url": url}}
        for name, entry in plan.entries.items():
            record[name] = self._entry(entry, entity, row)
        return record

    def _entry(
        self, entry: "FieldInfo | Plan | Callable[[Row], Any]", entity: ObjectInfo, row: Row
    ) -> Any:
        if isinstance(entry, Plan):
            return self._parent(entry, row)
        if entry is TYPE_OF_PARENT:
            return entity.name
        if isinstance(entry, FieldInfo):
            return written(entry.type, row.get(entry.name))
        return entry(row)

    def _parent(self, plan: Plan, row: Row) -> dict[str, Any] | None:
        found = self._scope.parent(plan.hop, row) if plan.hop is not None else None
        return None if found is None else self._written(plan, *found)


def _duplicate(name: str, offset: int) -> Fault:
    return Fault("MALFORMED_QUERY", f"duplicate field selected: {name}", offset=offset)
