"""A query's text to its tree."""

from functools import lru_cache

from orchestrator.simulator.soql.conditions import read_condition, read_operand, read_path
from orchestrator.simulator.soql.cursor import Cursor, unexpected, whole_number
from orchestrator.simulator.soql.errors import Fault
from orchestrator.simulator.soql.lexer import Token
from orchestrator.simulator.soql.nodes import (
    Condition,
    FieldsCall,
    Item,
    Order,
    Path,
    Query,
)

CLAUSES = frozenset(
    {
        "WHERE",
        "GROUP",
        "HAVING",
        "ORDER",
        "LIMIT",
        "OFFSET",
        "FOR",
        "WITH",
        "USING",
        "ALL",
        "UPDATE",
    }
)
FIELD_GROUPS = ("ALL", "STANDARD", "CUSTOM")
LARGEST_OFFSET = 2000


@lru_cache(maxsize=1024)
def parse(text: str) -> Query:
    """
    Return the tree of a query.

    :raises Fault: MALFORMED_QUERY where the text leaves the grammar
    """
    cursor = Cursor(text)
    query = _read_query(cursor, nested=False)
    if cursor.token.kind != "end":
        raise unexpected(cursor.token)
    return query


def _read_query(cursor: Cursor, *, nested: bool) -> Query:
    start = cursor.need("SELECT")
    items = _items(cursor, nested=nested)
    cursor.need("FROM")
    entity = cursor.need_kind("name")
    return Query(
        items=items,
        from_name=entity.text,
        from_offset=entity.offset,
        alias=_alias(cursor),
        where=_where(cursor, nested=nested),
        group_by=_group_by(cursor),
        having=_having(cursor),
        order_by=_order_by(cursor),
        limit=_whole_number(cursor) if cursor.skip("LIMIT") else None,
        offset=_offset(cursor) if cursor.sees("OFFSET") else 0,
        starts_at=start.offset,
    )


def _subselect(cursor: Cursor) -> Query:
    return _read_query(cursor, nested=True)


def _no_subselect(cursor: Cursor) -> Query:
    raise Fault(
        "MALFORMED_QUERY",
        "Nesting of semi join sub-selects is not supported",
        offset=cursor.token.offset,
    )


def _items(cursor: Cursor, *, nested: bool) -> tuple[Item, ...]:
    items = [_item(cursor, nested=nested)]
    while cursor.skip_symbol(","):
        items.append(_item(cursor, nested=nested))
    return tuple(items)


def _item(cursor: Cursor, *, nested: bool) -> Item:
    token = cursor.token
    if cursor.skip_symbol("("):
        return _child_query(cursor, token, nested=nested)
    if token.word == "FIELDS" and cursor.following.text == "(":
        return Item(_fields_call(cursor), None, token.offset)
    what = read_operand(cursor)
    return Item(what, _item_alias(cursor), token.offset)


def _child_query(cursor: Cursor, opening: Token, *, nested: bool) -> Item:
    if nested:
        raise Fault("MALFORMED_QUERY", "only one level of child subqueries", offset=opening.offset)
    query = _read_query(cursor, nested=True)
    cursor.need_symbol(")")
    return Item(query, None, opening.offset)


def _item_alias(cursor: Cursor) -> str | None:
    if cursor.token.kind != "name" or cursor.sees("FROM"):
        return None
    return cursor.take().text


def _fields_call(cursor: Cursor) -> FieldsCall:
    start = cursor.take()
    cursor.need_symbol("(")
    group = cursor.need_kind("name")
    if group.word not in FIELD_GROUPS:
        raise unexpected(group)
    cursor.need_symbol(")")
    return FieldsCall(group.word, start.offset)


def _alias(cursor: Cursor) -> str | None:
    if cursor.token.kind != "name" or cursor.token.word in CLAUSES:
        return None
    return cursor.take().text


def _where(cursor: Cursor, *, nested: bool) -> Condition | None:
    if not cursor.skip("WHERE"):
        return None
    return read_condition(cursor, _no_subselect if nested else _subselect)


def _having(cursor: Cursor) -> Condition | None:
    return read_condition(cursor, _no_subselect) if cursor.skip("HAVING") else None


def _group_by(cursor: Cursor) -> tuple[Path, ...]:
    if not cursor.skip("GROUP"):
        return ()
    cursor.need("BY")
    paths = [read_path(cursor)]
    while cursor.skip_symbol(","):
        paths.append(read_path(cursor))
    return tuple(paths)


def _order_by(cursor: Cursor) -> tuple[Order, ...]:
    if not cursor.skip("ORDER"):
        return ()
    cursor.need("BY")
    orders = [_order(cursor)]
    while cursor.skip_symbol(","):
        orders.append(_order(cursor))
    return tuple(orders)


def _order(cursor: Cursor) -> Order:
    operand = read_operand(cursor)
    descending = cursor.skip("DESC")
    if not descending:
        cursor.skip("ASC")
    nulls_first = True
    if cursor.skip("NULLS"):
        nulls_first = cursor.skip("FIRST")
        if not nulls_first:
            cursor.need("LAST")
    return Order(operand, descending, nulls_first)


def _whole_number(cursor: Cursor) -> int:
    token = cursor.need_kind("number")
    return whole_number(token)


def _offset(cursor: Cursor) -> int:
    cursor.take()
    offset = _whole_number(cursor)
    if offset > LARGEST_OFFSET:
        raise Fault(
            "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {LARGEST_OFFSET}"
        )
    return offset
