"""WHERE and HAVING: tokens to conditions."""

import datetime as dt
from collections.abc import Callable
from typing import cast

from orchestrator.simulator.soql.cursor import Cursor, unexpected, whole_number
from orchestrator.simulator.soql.errors import Fault
from orchestrator.simulator.soql.lexer import Token
from orchestrator.simulator.soql.nodes import (
    Call,
    Comparison,
    Condition,
    DateLiteral,
    Every,
    Includes,
    Like,
    Membership,
    Not,
    Operand,
    Operator,
    Path,
    Query,
    SemiJoin,
    Some,
    Value,
)
from orchestrator.simulator.soql.periods import COUNTED, PLAIN
from orchestrator.simulator.soql.strings import unescaped

Subquery = Callable[[Cursor], Query]

AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"})
OPERATORS = frozenset({"=", "!=", "<>", "<", "<=", ">", ">="})
RESERVED = frozenset(
    {"SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "LIKE", "IN", "GROUP", "ORDER"}
)
WORDS: dict[str, bool | None] = {"TRUE": True, "FALSE": False, "NULL": None}
# Deeper than any query a person or a client writes, and far from the interpreter's own limit.
DEEPEST = 60


def read_path(cursor: Cursor) -> Path:
    """Read `Name` or `Account.Owner.Name`."""
    first = cursor.need_kind("name")
    if first.word in RESERVED:
        raise unexpected(first)
    parts = [first.text]
    while cursor.skip_symbol("."):
        parts.append(cursor.need_kind("name").text)
    return Path(tuple(parts), first.offset)


def read_operand(cursor: Cursor) -> Operand:
    """Read a path or an aggregate of one."""
    if cursor.following.text != "(" or cursor.token.kind != "name":
        return read_path(cursor)
    name = cursor.take()
    if name.word not in AGGREGATES:
        raise unexpected(name)
    cursor.need_symbol("(")
    bare = name.word == "COUNT" and cursor.token.text == ")"
    path = None if bare else read_path(cursor)
    cursor.need_symbol(")")
    return Call(name.word, path, name.offset)


def read_condition(cursor: Cursor, subquery: Subquery, depth: int = 0) -> Condition:
    """
    Read conditions joined by AND alone or by OR alone; mixing them needs parentheses.

    :raises Fault: MALFORMED_QUERY at the token that cannot stand where it does
    """
    parts = [_element(cursor, subquery, depth)]
    joint = cursor.token.word
    if joint not in ("AND", "OR"):
        return parts[0]
    while cursor.skip(joint):
        parts.append(_element(cursor, subquery, depth))
    if cursor.sees("AND", "OR"):
        raise unexpected(cursor.token)
    return Every(tuple(parts)) if joint == "AND" else Some(tuple(parts))


def _element(cursor: Cursor, subquery: Subquery, depth: int) -> Condition:
    if depth > DEEPEST:
        raise Fault("QUERY_TOO_COMPLICATED", "Conditions are nested too deeply.")
    if cursor.skip("NOT"):
        return Not(_element(cursor, subquery, depth + 1))
    if cursor.skip_symbol("("):
        inner = read_condition(cursor, subquery, depth + 1)
        cursor.need_symbol(")")
        return inner
    return _test(cursor, subquery)


def _test(cursor: Cursor, subquery: Subquery) -> Condition:
    operand = read_operand(cursor)
    operator = cursor.take()
    if operator.kind == "symbol" and operator.text in OPERATORS:
        symbol = "!=" if operator.text == "<>" else operator.text
        return Comparison(operand, cast("Operator", symbol), _value(cursor))
    if operator.word == "LIKE":
        pattern = cursor.need_kind("string")
        return Like(operand, pattern.text, pattern.offset)
    if operator.word in ("INCLUDES", "EXCLUDES"):
        cursor.need_symbol("(")
        return Includes(operand, operator.word == "EXCLUDES", _values(cursor))
    return _membership(cursor, operand, operator, subquery)


def _membership(
    cursor: Cursor, operand: Operand, operator: Token, subquery: Subquery
) -> Membership | SemiJoin:
    negated = operator.word == "NOT"
    if negated:
        cursor.need("IN")
    elif operator.word != "IN":
        raise unexpected(operator)
    opening = cursor.need_symbol("(")
    if not cursor.sees("SELECT"):
        return Membership(operand, negated, _values(cursor))
    query = subquery(cursor)
    cursor.need_symbol(")")
    return SemiJoin(operand, negated, query, opening.offset)


def _values(cursor: Cursor) -> tuple[Value, ...]:
    values = [_value(cursor)]
    while cursor.skip_symbol(","):
        values.append(_value(cursor))
    cursor.need_symbol(")")
    return tuple(values)


def _value(cursor: Cursor) -> Value:
    token = cursor.take()
    match token.kind:
        case "string":
            return Value(unescaped(token.text, offset=token.offset), token.offset)
        case "number":
            return Value(_number(token), token.offset)
        case "date" | "datetime":
            return Value(_moment(token), token.offset)
        case "name":
            return Value(_word(cursor, token), token.offset)
    raise unexpected(token)


def _number(token: Token) -> int | float:
    try:
        return int(token.text)
    except ValueError:
        return float(token.text)


def _moment(token: Token) -> dt.date | dt.datetime:
    try:
        if token.kind == "date":
            return dt.date.fromisoformat(token.text)
        return dt.datetime.fromisoformat(token.text.upper())
    except ValueError:
        raise Fault(
            "INVALID_QUERY_FILTER_OPERATOR", f"invalid date: {token.text}", offset=token.offset
        ) from None


def _word(cursor: Cursor, token: Token) -> bool | DateLiteral | None:
    if token.word in WORDS:
        return WORDS[token.word]
    if token.word in PLAIN:
        return DateLiteral(token.word)
    if token.word not in COUNTED:
        raise unexpected(token)
    cursor.need_symbol(":")
    return DateLiteral(token.word, whole_number(cursor.need_kind("number")))
