"""One statement for many rows: what a batch writes must not cost a query each."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def update_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> int:
    """Update rows by primary key in one statement; every row names the same columns."""
    if not rows:
        return 0
    columns = [model._meta.get_field(name) for name in rows[0]]
    key = model._meta.pk
    assignments = [
        sql.SQL("{0} = v.{0}").format(sql.Identifier(_column(field)))
        for field in columns
        if field is not key
    ]
    types = [
        sql.SQL("{} {}").format(sql.Identifier(_column(field)), sql.SQL(_type(field)))
        for field in columns
    ]
    statement = sql.SQL(
        "UPDATE {table} AS t SET {assignments} FROM jsonb_to_recordset(%s::jsonb) AS v({types})"
        " WHERE t.{key} = v.{key}"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        assignments=sql.SQL(", ").join(assignments),
        types=sql.SQL(", ").join(types),
        key=sql.Identifier(_column(key)),
    )
    names = [(name, _column(field)) for name, field in zip(rows[0], columns, strict=True)]
    values = [{column: row[name] for name, column in names} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(values, default=_json)])
        return int(cursor.rowcount)


def move_many(
    model: type[models.Model],
    *,
    where: sql.Composable,
    values: Mapping[str, Any],
    arguments: Sequence[Any],
) -> list[tuple[Any, ...]]:
    """Set columns on every row that fulfils a condition; return the keys of those rows."""
    columns = [model._meta.get_field(name) for name in values]
    statement = sql.SQL("UPDATE {table} SET {assignments} WHERE {where} RETURNING {key}").format(
        table=sql.Identifier(model._meta.db_table),
        assignments=sql.SQL(", ").join(
            sql.SQL("{} = %s").format(sql.Identifier(_column(field))) for field in columns
        ),
        where=where,
        key=sql.Identifier(_column(model._meta.pk)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values.values(), *arguments])
        return list(cursor.fetchall())


def _column(field: Any) -> str:
    return str(field.column)


def _type(field: Any) -> Any:
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)


def _json(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a row of a batch")
