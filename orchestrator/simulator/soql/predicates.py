"""Conditions to functions that say whether a row meets them."""

import datetime as dt
import operator
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from orchestrator.simulator.soql.errors import Fault
from orchestrator.simulator.soql.literals import operand, span
from orchestrator.simulator.soql.nodes import (
    Comparison,
    Condition,
    DateLiteral,
    Every,
    Includes,
    Like,
    Membership,
    Not,
    Operand,
    SemiJoin,
    Some,
    Value,
)
from orchestrator.simulator.soql.source import FieldInfo
from orchestrator.simulator.soql.strings import like_regex
from orchestrator.simulator.soql.values import IDS, MOMENTS, NUMBERS, comparable

Getter = Callable[[Any], Any]
Test = Callable[[Any], bool]

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
NOT_LIKE = NUMBERS | IDS | MOMENTS | {"boolean"}


@dataclass(frozen=True, slots=True)
class Access:
    """A field, and how to get its stored value from whatever is tested: a row or a group."""

    field: FieldInfo
    get: Getter

    @property
    def key(self) -> Getter:
        """The getter of the value to compare by."""
        field_type, get = self.field.type, self.get
        return lambda subject: comparable(field_type, get(subject))


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compile conditions; `access` resolves operands, `joined` answers semi-joins."""

    access: Callable[[Operand], Access]
    joined: Callable[[SemiJoin], Collection[Any]]
    at: dt.datetime

    def test(self, condition: Condition, *, top: bool = True) -> Test:
        """
        Return a test of one row.

        Null is a value like any other here: it differs from everything but null, and is neither
        more nor less than anything.

        :raises Fault: if a name is unknown, or an operator or a value does not fit its field
        """
        match condition:
            case Every(parts):
                tests = [self.test(part, top=top) for part in parts]
                return lambda row: all(test(row) for test in tests)
            case Some(parts):
                tests = [self.test(part, top=False) for part in parts]
                return lambda row: any(test(row) for test in tests)
            case Not(inner):
                return negated(self.test(inner, top=False))
        return self._leaf(condition, top=top)

    def _leaf(
        self, leaf: Comparison | Like | Membership | Includes | SemiJoin, *, top: bool
    ) -> Test:
        match leaf:
            case Comparison():
                return self._comparison(leaf)
            case Like():
                return self._like(leaf)
            case Includes():
                return self._includes(leaf)
            case Membership():
                return self._membership(leaf)
            case SemiJoin():
                return self._semi_join(leaf, top=top)

    def _comparison(self, comparison: Comparison) -> Test:
        access = self.access(comparison.operand)
        if isinstance(comparison.value.value, DateLiteral):
            return self._period(comparison, access)
        wanted, key = operand(access.field, comparison.value), access.key
        if comparison.operator == "=":
            return lambda row: bool(key(row) == wanted)
        if comparison.operator == "!=":
            return lambda row: bool(key(row) != wanted)
        if access.field.type == "boolean" or wanted is None:
            raise _no_operator(access, comparison.value)
        return ordered(key, ORDERS[comparison.operator], wanted)

    def _period(self, comparison: Comparison, access: Access) -> Test:
        first, end = span(access.field, comparison.value, at=self.at)
        key = access.key
        match comparison.operator:
            case "<" | ">=":
                return ordered(key, ORDERS[comparison.operator], first)
            case "<=":
                return ordered(key, operator.lt, end)
            case ">":
                return ordered(key, operator.ge, end)
        within = between(key, first, end)
        return within if comparison.operator == "=" else negated(within)

    def _like(self, like: Like) -> Test:
        access = self.access(like.operand)
        if access.field.type in NOT_LIKE:
            raise _no_operator(access, Value(like.pattern, like.offset))
        matches, get = like_regex(like.pattern, offset=like.offset).fullmatch, access.get
        return lambda row: matches(str(get(row) or "")) is not None and bool(get(row))

    def _membership(self, membership: Membership) -> Test:
        access = self.access(membership.operand)
        periods = [v for v in membership.values if isinstance(v.value, DateLiteral)]
        if periods:
            raise _no_operator(access, periods[0])
        wanted = {operand(access.field, value) for value in membership.values}
        key = access.key
        if membership.negated:
            return lambda row: key(row) not in wanted
        return lambda row: key(row) in wanted

    def _includes(self, includes: Includes) -> Test:
        access = self.access(includes.operand)
        if access.field.type != "multipicklist":
            raise _no_operator(access, includes.values[0])
        wanted = [_choices(operand(access.field, value)) for value in includes.values]
        key = access.key

        def held(row: Any) -> bool:
            chosen = _choices(key(row))
            return any(choice <= chosen for choice in wanted)

        return negated(held) if includes.negated else held

    def _semi_join(self, join: SemiJoin, *, top: bool) -> Test:
        if not top:
            raise Fault(
                "MALFORMED_QUERY",
                "Semi join sub-selects are only allowed at the top level WHERE expressions and "
                "not in nested WHERE expressions.",
                offset=join.offset,
            )
        access = self.access(join.operand)
        if access.field.type not in IDS:
            raise Fault(
                "MALFORMED_QUERY",
                f"The left operand field in the where expression for outer query should be an id "
                f"field, cannot use: '{access.field.name}'",
                offset=join.operand.offset,
            )
        found, key = self.joined(join), access.key
        if join.negated:
            return lambda row: key(row) not in found
        return lambda row: key(row) is not None and key(row) in found


def negated(test: Test) -> Test:
    """Return the opposite of a test."""
    return lambda row: not test(row)


def ordered(key: Getter, compare: Callable[[Any, Any], bool], wanted: Any) -> Test:
    """Return a test by order, which null never passes."""

    def test(row: Any) -> bool:
        value = key(row)
        return value is not None and compare(value, wanted)

    return test


def between(key: Getter, first: Any, end: Any) -> Test:
    """Return a test for [first, end)."""

    def test(row: Any) -> bool:
        value = key(row)
        return value is not None and first <= value < end

    return test


def _choices(value: str | None) -> frozenset[str]:
    return frozenset(choice for choice in (value or "").split(";") if choice)


def _no_operator(access: Access, value: Value) -> Fault:
    kind = "id" if access.field.type in IDS else access.field.type
    return Fault(
        "INVALID_QUERY_FILTER_OPERATOR",
        f"invalid operator on {kind} field '{access.field.name}'",
        offset=value.offset,
    )
