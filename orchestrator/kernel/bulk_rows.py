"""Inserting many rows with one JSON parameter: several times cheaper than composing each value."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from psycopg import sql


def insert_rows(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], *, onward: str = ""
) -> None:
    """
    Insert rows, each a mapping from column names to plain values; all name the same columns.

    `onward` is an INSERT that reads what was inserted as `inserted`, in the same statement.
    """
    if not rows:
        return
    statement = _insert(model, tuple(rows[0]))
    if onward:
        statement = f"WITH inserted AS ({statement} RETURNING *) {onward}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, default=_plain)])


@cache
def _insert(model: type[models.Model], columns: tuple[str, ...]) -> str:
    known = {field.column: field for field in model._meta.concrete_fields}
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    types = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(_type(known[column])))
        for column in columns
    )
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {names}"
        " FROM jsonb_to_recordset(%s::jsonb) AS v({types})"
    ).format(table=sql.Identifier(model._meta.db_table), names=names, types=types)
    # As text: a composed statement would be put together anew at every execution.
    return statement.as_string()


def _type(field: Any) -> Any:
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a row")
