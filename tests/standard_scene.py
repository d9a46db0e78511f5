"""
The standard scene as rows: made once by the real operations, then put up again for other tests.

People, roles, an org and a workflow in force take over a hundred statements, and most tests begin
with them. The rows are what the operations wrote, under new keys: nothing that is kept by a key
meets the row of an earlier test. Only an empty house is furnished so, and only for a test that is
rolled back; what really commits goes through the operations.
"""

import json
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, models
from guardian.models import GroupObjectPermission

from audit.models import Entry
from orchestrator.orgs.models import Org
from orchestrator.people.models import Role, User
from orchestrator.workflows.models import Workflow, WorkflowVersion

Rows = dict[str, list[dict[str, Any]]]
MODELS: tuple[type[models.Model], ...] = (
    User, Group, Role, User.groups.through, Org, Workflow, WorkflowVersion,
    GroupObjectPermission, Entry,
)  # fmt: skip
TABLES = [model._meta.db_table for model in MODELS]
# Which columns hold keys of these tables.
LINKS = [
    (model._meta.db_table, str(column.column), column.related_model._meta.db_table)
    for model in MODELS
    for column in model._meta.concrete_fields
    if column.related_model in MODELS
]
_kept: Rows = {}


def put_up(make: Callable[[], object]) -> bool:
    """Furnish an empty house, with `make` the first time; say whether it was empty."""
    if not (connection.in_atomic_block and _is_empty()):
        return False
    if _kept:
        _insert(_under_new_keys())
    else:
        make()
        _kept.update(_everything())
    return True


def _is_empty() -> bool:
    found = " OR ".join(f"EXISTS (SELECT FROM {table})" for table in TABLES)
    return not _one(f"SELECT {found}")


def _everything() -> Rows:
    selects = ", ".join(
        f"(SELECT coalesce(json_agg(t ORDER BY t.id), '[]') FROM {table} t)"  # noqa: S608 - ours
        for table in TABLES
    )
    return dict(zip(TABLES, _one(f"SELECT json_build_array({selects})"), strict=True))


def _under_new_keys() -> Rows:
    arrays = ", ".join(
        f"ARRAY(SELECT nextval(pg_get_serial_sequence('{table}', 'id'))"  # noqa: S608 - ours
        f" FROM generate_series(1, {len(rows)}))"
        for table, rows in _kept.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {arrays}")
        fresh = cursor.fetchone()
    keys = {
        table: {row["id"]: key for row, key in zip(rows, given, strict=True)}
        for (table, rows), given in zip(_kept.items(), fresh, strict=True)
    }
    found = {
        table: [{**row, "id": keys[table][row["id"]]} for row in rows]
        for table, rows in _kept.items()
    }
    for table, column, target in LINKS:
        for row in found[table]:
            row[column] = keys[target].get(row[column])
    # What a right is over stands as text.
    for row in found[GroupObjectPermission._meta.db_table]:
        row["object_pk"] = str(keys[Workflow._meta.db_table][int(row["object_pk"])])
    return found


def _insert(rows: Rows) -> None:
    inserts = "; ".join(
        f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s)"  # noqa: S608 - ours
        for table in rows
    )
    with connection.cursor() as cursor:
        cursor.execute(inserts, [json.dumps(each) for each in rows.values()])


def _one(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
