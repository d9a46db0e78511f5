"""FIELDS(ALL), FIELDS(STANDARD) and FIELDS(CUSTOM)."""

from orchestrator.simulator.soql.columns import Scope
from orchestrator.simulator.soql.errors import Fault
from orchestrator.simulator.soql.nodes import (
    Comparison,
    Condition,
    Every,
    FieldsCall,
    Membership,
    Operand,
    Path,
    Query,
    Value,
)
from orchestrator.simulator.soql.source import FieldInfo

MOST_ROWS = 200


def expanded(call: FieldsCall, query: Query, scope: Scope) -> list[FieldInfo]:
    """
    Return the fields the group stands for.

    :raises Fault: MALFORMED_QUERY if the query is unbounded, or the group empty
    """
    if call.group != "STANDARD" and not _bounded(query):
        raise Fault(
            "MALFORMED_QUERY", f"The SOQL FIELDS function must have a LIMIT of at most {MOST_ROWS}"
        )
    wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}[call.group]
    fields = [field for field in scope.entity.fields.values() if field.custom in wanted]
    if not fields:
        raise Fault(
            "MALFORMED_QUERY",
            f"FIELDS({call.group}) stands for no field of {scope.entity.name}",
            offset=call.offset,
        )
    return fields


def listed_ids(condition: Condition | None) -> list[str] | None:
    """Return the ids a condition restricts the rows to, or None if it names none."""
    match condition:
        case Comparison(operand, "=", Value(str() as value)) if _is_id(operand):
            return [value]
        case Membership(operand, False, values) if _is_id(operand):
            return [str(value.value) for value in values]
        case Every(parts):
            return next((ids for part in parts if (ids := listed_ids(part)) is not None), None)
    return None


def _is_id(operand: Operand) -> bool:
    return isinstance(operand, Path) and [part.lower() for part in operand.parts] == ["id"]


def _bounded(query: Query) -> bool:
    ids = listed_ids(query.where)
    if ids is not None and len(ids) <= MOST_ROWS:
        return True
    return query.limit is not None and query.limit <= MOST_ROWS
