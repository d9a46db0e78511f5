"""
Emptying the database after a test that really commits: rows are deleted, tables stay as they are.

Django truncates, which gives every table and index new files, and then makes content types and
permissions anew. With a hundred tables that takes longer than most tests. What migrations put there
stays; everything else goes, with triggers off, as only the owner of a test database can.
"""

from collections.abc import Sequence
from typing import Any

from django.core.management.commands import flush
from django.db.backends.postgresql.operations import DatabaseOperations

KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def install() -> None:
    """Let Django's own flush, which runs after such a test, do it this way."""
    replaced: dict[Any, tuple[str, Any]] = {
        DatabaseOperations: ("sql_flush", _deletions),
        flush: ("emit_post_migrate_signal", _nothing_to_make),
    }
    for owner, (name, ours) in replaced.items():
        setattr(owner, name, ours)


def _deletions(operations: Any, style: Any, tables: Sequence[str], **_: Any) -> list[str]:
    names = [operations.quote_name(table) for table in tables if table not in KEPT]
    # Without triggers nothing asks in which order, and nothing refuses.
    return [
        "SET LOCAL session_replication_role = replica",
        "; ".join(f"DELETE FROM {name}" for name in names),  # noqa: S608 - names of our tables
        "SET LOCAL session_replication_role = origin",
    ]


def _nothing_to_make(*_: Any, **__: Any) -> None:
    """Content types and permissions were kept."""
