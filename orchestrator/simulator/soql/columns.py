"""Names in a query to fields of the org, through up to five parents."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orchestrator.simulator.soql.errors import Fault
from orchestrator.simulator.soql.nodes import Path
from orchestrator.simulator.soql.source import (
    ChildRelationship,
    FieldInfo,
    ObjectInfo,
    Row,
    RowSource,
)

MOST_PARENTS = 5
SEE_DESCRIBE = "Please reference your WSDL or the describe call for the appropriate names."
NO_COLUMN = (
    "No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, "
    "be sure to append the '__c' after the custom field name. " + SEE_DESCRIBE
)
NO_RELATIONSHIP = (
    "Didn't understand relationship '{name}' in field path. If you are attempting to use a custom "
    "relationship, be sure to append the '__r' after the custom relationship name. " + SEE_DESCRIBE
)
NO_CHILDREN = (
    "Didn't understand relationship '{name}' in FROM part of query call. If you are attempting to "
    "use a custom relationship, be sure to append the '__r' after the custom relationship name. "
    + SEE_DESCRIBE
)
NO_TYPE = (
    "sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure "
    "to append the '__c' after the entity name. " + SEE_DESCRIBE
)
TYPE_OF_PARENT = FieldInfo("Type", "string")


@dataclass(frozen=True, slots=True)
class Hop:
    """A step to the parent a reference field points at."""

    field: FieldInfo
    targets: tuple[ObjectInfo, ...]

    @property
    def name(self) -> str:
        """The relationship in its canonical spelling."""
        return self.field.relationship_name or self.field.name

    @property
    def polymorphic(self) -> bool:
        """Whether the parent may be of several types."""
        return len(self.field.reference_to) > 1


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the queried object or of one of its parents."""

    hops: tuple[Hop, ...]
    field: FieldInfo


class Scope:
    """One object of one query: what its names mean and what its rows hold."""

    def __init__(
        self, source: RowSource, entity: ObjectInfo, *, alias: str | None, deleted: bool
    ) -> None:
        self.source = source
        self.entity = entity
        self.deleted = deleted
        self._names = {entity.name.lower(), (alias or entity.name).lower()}
        self._parents: dict[tuple[str, str], Row | None] = {}

    def rows(self) -> Iterator[Row]:
        """Yield the rows a query may see."""
        return (row for row in self.source.rows(self.entity.name) if self.visible(row))

    def visible(self, row: Row) -> bool:
        """Tell whether the row is outside the recycle bin, or the bin is asked for too."""
        return self.deleted or not row.get("IsDeleted")

    def column(self, path: Path) -> Column:
        """
        Return the field a path names.

        :raises Fault: INVALID_FIELD if the object has no such field or relationship
        """
        parts = path.parts
        if len(parts) > 1 and parts[0].lower() in self._names:
            parts = parts[1:]
        if len(parts) > MOST_PARENTS + 1:
            raise Fault(
                "MALFORMED_QUERY",
                f"a field path may pass through at most {MOST_PARENTS} parents",
                offset=path.offset,
            )
        hops: list[Hop] = []
        targets: tuple[ObjectInfo, ...] = (self.entity,)
        for name in parts[:-1]:
            hops.append(self._hop(targets, name, path.offset))
            targets = hops[-1].targets
        return Column(tuple(hops), _leaf(hops, targets, parts[-1], path.offset))

    def value(self, column: Column, row: Row) -> Any:
        """Return the stored value of a column, None if a parent on the way is missing."""
        entity = self.entity
        for hop in column.hops:
            found = self.parent(hop, row)
            if found is None:
                return None
            entity, row = found
        if column.field is TYPE_OF_PARENT:
            return entity.name
        return row.get(column.field.name)

    def parent(self, hop: Hop, row: Row) -> tuple[ObjectInfo, Row] | None:
        """Return the parent a row points at, with its type."""
        record_id = row.get(hop.field.name)
        if not record_id:
            return None
        for target in hop.targets:
            found = self._row(target.name, str(record_id))
            if found is not None and self.visible(found):
                return target, found
        return None

    def children(self, name: str, offset: int) -> tuple[ChildRelationship, ObjectInfo]:
        """
        Return the child relationship of that name.

        :raises Fault: INVALID_TYPE if the object has none
        """
        relationship = self.entity.children.get(name.lower())
        if relationship is not None:
            entity = self.source.object_named(relationship.child_object)
            if entity is not None:
                return relationship, entity
        raise Fault("INVALID_TYPE", NO_CHILDREN.format(name=name), offset=offset)

    def _row(self, object_name: str, record_id: str) -> Row | None:
        key = (object_name, record_id)
        if key not in self._parents:
            self._parents[key] = self.source.row(object_name, record_id)
        return self._parents[key]

    def _hop(self, entities: tuple[ObjectInfo, ...], name: str, offset: int) -> Hop:
        for entity in entities:
            for field in entity.fields.values():
                if (field.relationship_name or "").lower() == name.lower():
                    found = map(self.source.object_named, field.reference_to)
                    return Hop(field, tuple(target for target in found if target is not None))
        raise Fault("INVALID_FIELD", NO_RELATIONSHIP.format(name=name), offset=offset)


def entity_named(source: RowSource, name: str, offset: int) -> ObjectInfo:
    """
    Return the object a FROM names.

    :raises Fault: INVALID_TYPE if the org has none
    """
    entity = source.object_named(name)
    if entity is None:
        raise Fault("INVALID_TYPE", NO_TYPE.format(name=name), offset=offset)
    return entity


def _leaf(hops: list[Hop], targets: tuple[ObjectInfo, ...], name: str, offset: int) -> FieldInfo:
    if hops and hops[-1].polymorphic and name.lower() == "type":
        return TYPE_OF_PARENT
    for target in targets:
        field = target.fields.get(name.lower())
        if field is not None:
            return field
    entity = "Name" if hops and hops[-1].polymorphic else targets[0].name if targets else "Name"
    raise Fault("INVALID_FIELD", NO_COLUMN.format(name=name, entity=entity), offset=offset)
