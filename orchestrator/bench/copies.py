"""Very many open proposals at once: copies of a real one, spread over roles, people and days."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models, transaction
from psycopg import sql

from approvals.models import Change, Proposal, Review, Revision

# Shares of a hundred, as in a real house: a few roles get most of the work.
SHARES = (40, 70, 85, 95, 100)
PROPOSAL_ID = "'prp_' || lpad(n::text, 26, '0')"
# A step that meets every row once, so that neighbours in the inbox are not neighbours on disk.
SHUFFLED = "((n::bigint * 7919) % 100003)"
WHEN = f"now() + ({SHUFFLED} - 20000) * interval '1 second'"


@transaction.atomic
def copy_open(template: str, *, roles: Sequence[int], first: int, last: int) -> None:
    """Add copies number `first` to `last` of a proposal in review, with all that hangs on it."""
    numbers = sql.SQL("generate_series({}, {}) AS n").format(first, last)
    _copy(
        Proposal,
        {
            "id": PROPOSAL_ID,
            "idempotency_key": "'copy-' || n",
            "request_digest": "'copy-' || n",
            "digest": "'copy-' || n",
            "title": "'Deal ' || n || ': back to qualification'",
            "deadline_at": "now() + interval '30 days'",
            "created_at": "now() - interval '2 days'",
        },
        sql.SQL("approvals_proposal s CROSS JOIN {} WHERE s.id = {}").format(
            numbers, sql.Literal(template)
        ),
    )
    _copy(
        Revision,
        {"id": "", "proposal_id": PROPOSAL_ID, "digest": "'copy-' || n"},
        sql.SQL("approvals_revision s CROSS JOIN {} WHERE s.proposal_id = {}").format(
            numbers, sql.Literal(template)
        ),
    )
    _of_revisions(template, numbers, roles)


def _of_revisions(template: str, numbers: sql.Composable, roles: Sequence[int]) -> None:
    copies = sql.SQL(
        "{} JOIN approvals_revision r ON r.proposal_id = {} CROSS JOIN {table} s"
        " JOIN approvals_revision t ON t.id = s.revision_id WHERE t.proposal_id = {}"
    )

    def rows(table: str) -> sql.Composed:
        return copies.format(
            numbers, sql.SQL(PROPOSAL_ID), sql.Literal(template), table=sql.Identifier(table)
        )

    _copy(Change, {"id": "", "revision_id": "r.id"}, rows("approvals_change"))
    role = " ".join(
        f"WHEN {SHUFFLED} % 100 < {share} THEN {role}"
        for share, role in zip(SHARES, roles, strict=True)
    )
    given = {
        "id": "'rev_' || lpad(n::text, 26, '0')",
        "proposal_id": PROPOSAL_ID,
        "revision_id": "r.id",
        "role_id": f"CASE {role} END",
        "due_at": WHEN,
        "assignee_id": "CASE n % 50 WHEN 0 THEN (SELECT min(user_id) FROM people_user_groups) END",
    }
    _copy(Review, given, rows("approvals_review"))
    with connection.cursor() as cursor:
        for model in (Proposal, Revision, Change, Review):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _copy(model: type[models.Model], given: Mapping[str, str], source: sql.Composed) -> None:
    """Insert rows that are as in the source but for what is given; an empty text is left out."""
    columns = [field.column for field in model._meta.concrete_fields]
    kept = [column for column in columns if given.get(column) != ""]
    values = [
        sql.SQL(given[column])
        if column in given
        else sql.SQL("s.{}").format(sql.Identifier(column))
        for column in kept
    ]
    statement: Any = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, kept)),
        sql.SQL(", ").join(values),
        source,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
