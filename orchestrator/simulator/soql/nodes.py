"""The typed tree a query is parsed into. `offset` is where a node stands in the text."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps through parents: `Account.Owner.Name`."""

    parts: tuple[str, ...]
    offset: int

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """An aggregate; only COUNT may stand without a path."""

    function: str
    path: Path | None
    offset: int


@dataclass(frozen=True, slots=True)
class FieldsCall:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    group: str
    offset: int


Operand = Path | Call
Operator = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class DateLiteral:
    """A period named relative to the moment of the query, `LAST_N_DAYS:30`."""

    name: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A literal on the right of an operator."""

    value: str | int | float | bool | dt.date | dt.datetime | DateLiteral | None
    offset: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operand operator value`, for the six orders."""

    operand: Operand
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Like:
    """`operand LIKE 'pattern'`; the pattern keeps its escapes."""

    operand: Operand
    pattern: str
    offset: int


@dataclass(frozen=True, slots=True)
class Membership:
    """`operand IN (…)` or NOT IN, over a list."""

    operand: Operand
    negated: bool
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class SemiJoin:
    """`operand IN (SELECT …)` or NOT IN."""

    operand: Operand
    negated: bool
    query: "Query"
    offset: int


@dataclass(frozen=True, slots=True)
class Includes:
    """`operand INCLUDES (…)` or EXCLUDES, for multi-select picklists."""

    operand: Operand
    negated: bool
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything the inner condition leaves out."""

    inner: "Condition"


@dataclass(frozen=True, slots=True)
class Every:
    """Conditions joined by AND."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Conditions joined by OR."""

    parts: tuple["Condition", ...]


Condition = Comparison | Like | Membership | SemiJoin | Includes | Not | Every | Some


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the SELECT list."""

    what: "Path | Call | FieldsCall | Query"
    alias: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class Order:
    """One entry of ORDER BY; nulls come first unless the query says otherwise."""

    operand: Operand
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query, a child subquery or the subselect of a semi-join."""

    items: tuple[Item, ...]
    from_name: str
    from_offset: int
    alias: str | None
    where: Condition | None
    group_by: tuple[Path, ...]
    having: Condition | None
    order_by: tuple[Order, ...]
    limit: int | None
    offset: int
    starts_at: int
