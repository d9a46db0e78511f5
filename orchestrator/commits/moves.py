"""Moving many commits in one statement, each only from the state and the claim we know it in."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from orchestrator.commits.models import Commit
from orchestrator.commits.states import COMMIT_MOVES, CommitState
from orchestrator.kernel.states import IllegalMove

# What a commit forgets when it goes back to the queue.
UNCLAIMED: dict[str, Any] = {
    "claim": "",
    "claimed_at": None,
    "sent_at": None,
    "orphaned_at": None,
}


def move_rows(
    rows: Sequence[Mapping[str, Any]], *, left: CommitState, to: CommitState, claim: str
) -> set[str]:
    """
    Move commits by id, setting what their row says; return the ids of those that moved.

    A commit that somebody else moved or claimed meanwhile stays as it is. Every row names the same
    columns. A move from a state to itself sets columns only.

    :raises IllegalMove: if the table has no such move
    """
    if to not in COMMIT_MOVES[left] and to != left:
        raise IllegalMove(f"A commit cannot go from {left} to {to}.")
    if not rows:
        return set()
    names = [name for name in rows[0] if name != "id"]
    statement = sql.SQL(
        "UPDATE commits_commit AS t SET state = %s{assignments}"
        " FROM jsonb_to_recordset(%s::jsonb) AS v(id varchar(40){types})"
        " WHERE t.id = v.id AND t.state = %s AND t.claim = %s RETURNING t.id"
    ).format(
        assignments=sql.SQL("").join(
            sql.SQL(", {0} = v.{0}").format(sql.Identifier(name)) for name in names
        ),
        types=sql.SQL("").join(
            sql.SQL(", {} {}").format(sql.Identifier(name), _type(name)) for name in names
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            statement, [to.value, json.dumps(list(rows), default=_json), left.value, claim]
        )
        return {str(row[0]) for row in cursor.fetchall()}


def same_for_all(ids: Sequence[str], **columns: Any) -> list[dict[str, Any]]:
    """Return rows for `move_rows` that set the same columns on every commit."""
    return [{"id": commit_id, **columns} for commit_id in ids]


def _type(name: str) -> sql.SQL:
    field: Any = Commit._meta.get_field(name)
    return sql.SQL(field.db_type(connection))


def _json(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a row of a batch")
