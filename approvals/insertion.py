"""Storing new proposals with their first revision and changes in one statement: the hot path."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, models
from psycopg import sql

from approvals.models import Change, Proposal, Revision
from orchestrator.kernel.actors import Actor

# What the statement gives by itself, and what only preparation fills in.
REVISION_GIVEN = frozenset({"id", "prepared_at", "verdict", "conflict", "alteration"})
CHANGE_GIVEN = frozenset({"id", "revision_id", "base", "base_modified_at", "base_modstamp"})


def insert_new(
    proposal: Proposal, content: dict[str, Any], *, cause: str, by: Actor, at: dt.datetime
) -> None:
    """Insert the proposal, its revision and the changes that the content asks for."""
    insert_many([(proposal, content)], cause=cause, by=by, at=at)


def insert_many(
    rows: Iterable[tuple[Proposal, dict[str, Any]]], *, cause: str, by: Actor, at: dt.datetime
) -> None:
    """Insert proposals, each with its content as its first revision."""
    names = [(field.column, field.attname) for field in _columns(Proposal)]
    proposals, revisions, changes = [], [], []
    for proposal, content in rows:
        proposals.append({column: getattr(proposal, name) for column, name in names})
        revisions.append(
            {
                "proposal_id": proposal.pk,
                "number": proposal.revision_number,
                "cause": cause,
                "author_kind": by.kind,
                "author_id": by.id,
                "author_label": by.label,
                "content": content,
                "digest": proposal.digest,
                "created_at": at,
            }
        )
        changes += _changes(proposal.pk, content)
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [_json(proposals), _json(revisions), _json(changes)])


def _changes(proposal_id: str, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "proposal_id": proposal_id,
            "position": position,
            "operation": change["op"],
            "object_name": change["object"],
            "record_id": change["id"],
            "external_id": change["external_id"],
            "fields": change["fields"],
            "expect": change["expect"],
            "depends_on": change["depends_on"],
            "record_label": "",
            "parent_key": "",
        }
        for position, change in enumerate(content["changes"])
    ]


@cache
def _statement() -> str:
    proposal, revision = _columns(Proposal), _columns(Revision, REVISION_GIVEN)
    change = _columns(Change, CHANGE_GIVEN)
    statement = sql.SQL(
        "WITH proposal AS (INSERT INTO {proposals} ({p}) SELECT {p}"
        " FROM jsonb_to_recordset(%s::jsonb) AS v({p_types})),"
        " revision AS (INSERT INTO {revisions} ({r}) SELECT {r}"
        " FROM jsonb_to_recordset(%s::jsonb) AS v({r_types})"
        " RETURNING id AS revision_id, proposal_id)"
        " INSERT INTO {changes} (revision_id, {c}) SELECT revision_id, {c}"
        " FROM revision JOIN jsonb_to_recordset(%s::jsonb) AS v(proposal_id text, {c_types})"
        " USING (proposal_id)"
    ).format(
        proposals=sql.Identifier(Proposal._meta.db_table),
        revisions=sql.Identifier(Revision._meta.db_table),
        changes=sql.Identifier(Change._meta.db_table),
        p=_names(proposal),
        p_types=_types(proposal),
        r=_names(revision),
        r_types=_types(revision),
        c=_names(change),
        c_types=_types(change),
    )
    # As text: a composed statement would be put together anew at every execution.
    return statement.as_string()


def _columns(model: type[models.Model], given: frozenset[str] = frozenset()) -> Sequence[Any]:
    return [field for field in model._meta.concrete_fields if field.attname not in given]


def _names(fields: Sequence[Any]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(field.column) for field in fields)


def _types(fields: Sequence[Any]) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(field.column), sql.SQL(_type(field)))
        for field in fields
    )


def _type(field: Any) -> Any:
    # The type of a reference is that of what it points at; of a serial, a plain number.
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{value!r} has no place in a row")
