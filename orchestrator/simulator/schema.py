"""The object types of an org, found by name, by id, and as the query engine sees them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from orchestrator.simulator.fields import Field, ObjectType
from orchestrator.simulator.soql.source import ChildRelationship, FieldInfo, ObjectInfo


class Schema:
    """What can be stored; it does not change while the org runs."""

    def __init__(self, types: Iterable[ObjectType]) -> None:
        """Index the object types."""
        self.types: tuple[ObjectType, ...] = tuple(types)
        self._by_name = {kind.name.lower(): kind for kind in self.types}
        self._by_prefix = {kind.prefix: kind for kind in self.types}
        self._children: dict[str, list[tuple[ObjectType, Field]]] = defaultdict(list)
        for kind in self.types:
            for field in kind.fields.values():
                for target in field.reference_to if field.children else ():
                    self._children[target].append((kind, field))
        self._infos = {kind.name.lower(): self.info_of(kind) for kind in self.types}
        self.blank: dict[str, dict[str, Any]] = {
            kind.name: {field.name: None for field in kind.fields.values()} for kind in self.types
        }

    def named(self, name: str) -> ObjectType | None:
        """Return the object type of that name in any case, or None."""
        return self._by_name.get(name.lower())

    def of_id(self, record_id: str) -> ObjectType | None:
        """Return the object type whose records have ids like this, or None."""
        return self._by_prefix.get(record_id[:3])

    def children(self, kind: ObjectType) -> Sequence[tuple[ObjectType, Field]]:
        """Return who points at records of this type, and by which field."""
        return self._children[kind.name]

    def info(self, name: str) -> ObjectInfo | None:
        """Return the object type as the query engine sees it."""
        return self._infos.get(name.lower())

    def info_of(self, kind: ObjectType) -> ObjectInfo:
        """Return an object type, perhaps as one user sees it, for the query engine."""
        return ObjectInfo(
            kind.name,
            {lower: field_info(field) for lower, field in kind.fields.items()},
            {
                (field.children or "").lower(): ChildRelationship(
                    field.children or "", child.name, field.name
                )
                for child, field in self._children[kind.name]
            },
        )


def field_info(field: Field) -> FieldInfo:
    """Return a field as the query engine sees it."""
    return FieldInfo(
        field.name, field.type, field.relationship, field.reference_to, custom=field.custom
    )
