"""Where lists come from: for each of several values, what one index holds in order."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import Expression, F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact

# How deep each value's index is read at least: a page, and some that are not for everybody.
LEAST_DEPTH = 64
ANYTHING, NOTHING, DUE = Q(), Q(pk__in=[]), F("due_at")
BRANCHES = "FROM unnest(%s::{kind}[]) AS branch(value) CROSS JOIN LATERAL ({rows}) AS found"


class Key(NamedTuple):
    """Where a row stands in a list."""

    moment: dt.datetime
    id: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """Rows that an index lists by a column and then by a moment."""

    rows: QuerySet[Any]
    column: str
    values: tuple[Any, ...]
    # What the index knows as well.
    held: Q = ANYTHING
    # What it does not know: asked only of the rows that are looked at.
    wanted: Q = ANYTHING
    moment: Any = DUE
    newest_first: bool = False

    def condition(self) -> Q:
        """Return what a row of this source fulfils, for a list that comes from elsewhere."""
        return Q(**{f"{self.column}__in": self.values}) & self.held & self.wanted


@dataclass(frozen=True, slots=True)
class Window:
    """The next keys of a list by the source they come from, and whether others follow them."""

    keys: tuple[Key, ...] = ()
    parts: tuple[tuple[Source, tuple[str, ...]], ...] = ()
    more: bool = False

    def fitting(self, rows: QuerySet[Any], *, size: int) -> QuerySet[Any]:
        """Return those of the rows that are among the keys, as their sources want, the first."""
        if not self.keys:
            return rows.none()
        numbers = {source: number for number, (source, _) in enumerate(self.parts)}
        part_of = {key: numbers[source] for source, keys in self.parts for key in keys}
        wanted = reduce(
            or_,
            (
                Q(Exact(_Outer("found.part"), Value(number))) & source.wanted
                for source, number in numbers.items()
            ),
            NOTHING,
        )
        fits = rows.filter(wanted, pk=_Outer("found.key")).order_by().values_list("pk")
        sql, arguments = fits.query.sql_with_params()
        # Key by key and no further than the page: never what a planner would rather read.
        statement = (
            "SELECT found.key FROM unnest(%s::text[], %s::int[]) AS found(key, part)"  # noqa: S608 - compiled
            f" CROSS JOIN LATERAL ({sql} LIMIT 1) AS fitting LIMIT {size}"
        )
        keys = [key.id for key in self.keys]
        given = [keys, [part_of[key] for key in keys], *arguments]
        chosen: QuerySet[Any] = rows.model._default_manager.filter(
            pk__in=RawSQL(statement, given)  # noqa: S611 - compiled
        )
        return chosen


class _Outer(Expression):
    """A column of the statement around a query."""

    output_field: Any = models.TextField()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, list[Any]]:
        return self.name, []


def conditions(sources: Sequence[Source]) -> Q:
    """Return what a row of any of the sources fulfils."""
    return reduce(or_, (each.condition() for each in sources if each.values), NOTHING)


def driven_by(sources: Sequence[Source], *, column: str, values: Sequence[Any]) -> list[Source]:
    """Return a source that reads another index and keeps what any of the given ones would hold."""
    alive = [each for each in sources if each.values]
    if not alive:
        return []
    first = replace(
        alive[0], column=column, values=tuple(values), held=ANYTHING, wanted=conditions(alive)
    )
    return [first]


def window(
    sources: Sequence[Source], *, after: Key | None, until: dt.datetime | None = None, size: int
) -> Window:
    """Return the next keys of the sources together, as far as all of them are known."""
    alive = [each for each in sources if each.values]
    if not alive:
        return Window()
    depth = max(LEAST_DEPTH, size // sum(len(each.values) for each in alive))
    parts, arguments = [], []
    for number, source in enumerate(alive):
        rows, given = _keys(source, after=after, until=until, depth=depth)
        placed = f"SELECT moment, key, row_number() OVER () AS place FROM ({rows}) AS listed"  # noqa: S608 - compiled
        parts.append(f"SELECT {number} AS part, found.* {_branches(source, placed)}")
        arguments += [list(source.values), *given]
    with connection.cursor() as cursor:
        cursor.execute(_merged(parts, depth, size, newest_first=alive[0].newest_first), arguments)
        rows_found = cursor.fetchall()
    by_part: dict[int, list[str]] = {}
    for part, _, key, _ in rows_found:
        by_part.setdefault(part, []).append(key)
    return Window(
        keys=tuple(Key(moment, key) for _, moment, key, _ in rows_found),
        parts=tuple((alive[part], tuple(found)) for part, found in by_part.items()),
        more=bool(rows_found) and (rows_found[0][3] or len(rows_found) == size),
    )


def _merged(parts: Sequence[str], depth: int, size: int, *, newest_first: bool) -> str:
    """
    Return the statement that merges what each value's index holds.

    A value whose rows were cut off at `depth` says nothing of what follows its last row, so the
    list ends at the first of those ends.
    """
    order, until = ("moment DESC, key DESC", ">=") if newest_first else ("moment, key", "<=")
    return (
        f"WITH found AS MATERIALIZED ({' UNION ALL '.join(parts)}),"  # noqa: S608 - compiled
        f" cut AS (SELECT moment, key FROM found WHERE place = {depth} ORDER BY {order} LIMIT 1)"
        " SELECT part, moment, key, EXISTS (SELECT FROM cut) FROM found"
        " WHERE NOT EXISTS (SELECT FROM cut)"
        f" OR (moment, key) {until} (SELECT moment, key FROM cut)"
        f" ORDER BY {order} LIMIT {size}"
    )


def moments(
    tag: str,
    sources: Sequence[Source],
    *,
    until: dt.datetime | None = None,
    depth: int,
    limit: int | None = None,
) -> tuple[str, list[Any]] | None:
    """Return the SQL of (tag, moment) for what the sources hold: of each value the first rows."""
    parts, arguments = [], []
    for source in sources:
        if source.values:
            rows, given = _fitting(source, until=until, depth=depth)
            parts.append(f"SELECT %s AS tag, found.moment {rows}")
            arguments += [tag, *given]
    if not parts:
        return None
    together = " UNION ALL ".join(parts)
    return (f"({together} LIMIT {limit})" if limit else f"({together})"), arguments


def first_rows(
    source: Source, columns: Mapping[str, F], *, until: dt.datetime | None, depth: int
) -> list[tuple[Any, dt.datetime, Any]]:
    """Return (value, moment, columns) of each value's first rows that fit."""
    rows, arguments = _fitting(source, until=until, depth=depth, columns=columns)
    chosen = "".join(f", fitting.{name}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT branch.value, found.moment{chosen} {rows}", arguments)
        return [(value, moment, tuple(rest)) for value, moment, *rest in cursor.fetchall()]


def first_moment(
    tag: str, sources: Sequence[Source], *, depth: int
) -> tuple[str, list[Any]] | None:
    """Return the SQL of one row: (tag, the first moment of all)."""
    listed = moments(tag, sources, depth=depth)
    if listed is None:
        return None
    sql, arguments = listed
    return f"(SELECT %s, min(moment) FROM {sql} AS listed)", [tag, *arguments]  # noqa: S608 - compiled


def _fitting(
    source: Source,
    *,
    until: dt.datetime | None = None,
    depth: int,
    columns: Mapping[str, F] | None = None,
) -> tuple[str, list[Any]]:
    """Return the SQL of each value's first rows, without those that nobody wants."""
    rows, given = _keys(source, after=None, until=until, depth=depth)
    arguments = [list(source.values), *given]
    if not source.wanted and not columns:
        return _branches(source, rows), arguments
    fits = source.rows.filter(source.wanted, pk=_Outer("found.key")).annotate(**(columns or {}))
    sql, asked = fits.values_list(*(columns or ("pk",))).query.sql_with_params()
    checked = f" CROSS JOIN LATERAL ({sql} LIMIT 1) AS fitting"
    return f"{_branches(source, rows)}{checked}", [*arguments, *asked]


def _keys(
    source: Source, *, after: Key | None, until: dt.datetime | None, depth: int
) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL of the first keys of one value."""
    step, order = ("lt", "-") if source.newest_first else ("gt", "")
    wanted = [source.held, Q(**{source.column: _Outer("branch.value")})]
    if after is not None:
        beyond = Q(**{f"moment__{step}": after.moment}) | Q(
            **{"moment": after.moment, f"pk__{step}": after.id}
        )
        wanted += [Q(**{f"moment__{step}e": after.moment}), beyond]
    if until is not None:
        wanted.append(Q(moment__lte=until))
    rows = source.rows.annotate(moment=source.moment, key=F("pk")).filter(reduce(and_, wanted))
    listed = rows.order_by(f"{order}moment", f"{order}pk").values_list("moment", "key")[:depth]
    sql, given = listed.query.sql_with_params()
    return str(sql), tuple(given)


def _branches(source: Source, rows: str) -> str:
    kind = "bigint" if isinstance(source.values[0], int) else "text"
    return BRANCHES.format(kind=kind, rows=rows)
