"""Very many open proposals at once: copies of a real one, spread over roles, people and days."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from psycopg import sql

from approvals.models import Change, Decision, Proposal, Review, Revision

PROPOSAL_ID = "'prp_' || lpad(n::text, 26, '0')"
# A step that meets every row once, so that neighbours in the inbox are not neighbours on disk.
SHUFFLED = "((n::bigint * 7919) % 100003)"
WHEN = f"now() + ({SHUFFLED} - 20000) * interval '1 second'"
# As in a real house: a few roles get most of the work, and much of it is alike.
ROLE = f"(ARRAY[{{roles}}])[1 + floor({{count}} * power(({SHUFFLED} % 1000) / 1000.0, 2))::int]"
ALIKE = 34
BATCH = 5_000
# One in so many is high risk, is of medium risk, is about the one account that is searched for.
HIGH, MEDIUM, SEARCHED = 20, 5, 2_500


def copy_open(
    template: str, *, roles: Sequence[int], first: int, last: int, voter: int | None = None
) -> None:
    """
    Add copies number `first` to `last` of a proposal in review, with all that hangs on it.

    `voter` has approved each of them already.
    """
    with transaction.atomic(), _quietly():
        _copy_open(template, roles, sql.SQL("generate_series({}, {}) AS n").format(first, last))
        if voter is not None:
            _vote(voter, first, last)
    look_again()


def _copy_open(template: str, roles: Sequence[int], numbers: sql.Composed) -> None:
    _copy(
        Proposal,
        {
            "id": PROPOSAL_ID,
            "idempotency_key": "'copy-' || n",
            "request_digest": "'copy-' || n",
            "digest": "'copy-' || n",
            "title": f"CASE WHEN n % {SEARCHED} = 0 THEN 'Northwind ' ELSE 'Deal ' END || n",
            "risk": f"CASE WHEN n % {HIGH} = 0 THEN 'high' WHEN n % {MEDIUM} = 0 THEN 'medium'"
            " ELSE 'low' END",
            "group_key": f"left(md5((n / {ALIKE})::text), 24)",
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


def _vote(voter: int, first: int, last: int) -> None:
    keys = [f"prp_{number:026}" for number in range(first, last + 1)]
    for begin in range(0, len(keys), BATCH):
        reviews = Review.objects.filter(proposal__in=keys[begin : begin + BATCH])
        Decision.objects.bulk_create(
            Decision(
                review_id=review, revision_id=revision, person_id=voter, vote="approve", at=opened
            )
            for review, revision, opened in reviews.values_list("pk", "revision_id", "opened_at")
            if opened is not None
        )


@transaction.atomic
def copy_decided(template: str, *, first: int, last: int) -> None:
    """Add copies that were committed long ago: only what lists read of them."""
    ended = f"now() - ({SHUFFLED} + 100) * interval '1 minute'"
    given = {
        "id": PROPOSAL_ID,
        "state": "'committed'",
        "idempotency_key": "'copy-' || n",
        "request_digest": "'copy-' || n",
        "digest": "'copy-' || n",
        "receipt": "'{}'::jsonb",
        "created_at": f"{ended} - interval '2 days'",
        "approved_at": f"{ended} - interval '1 hour'",
        "execute_by": ended,
        "closed_at": ended,
        "group_key": f"left(md5((n / {ALIKE})::text), 24)",
    }
    source = sql.SQL("approvals_proposal s CROSS JOIN generate_series({}, {}) AS n WHERE s.id = {}")
    with _quietly():
        _copy(Proposal, given, source.format(first, last, sql.Literal(template)))


@contextmanager
def _quietly() -> Iterator[None]:
    """Do without triggers: nobody is told of copies, and what they point at is there."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def look_again() -> None:
    """Let the database know what it holds now."""
    with connection.cursor() as cursor:
        for model in (Proposal, Revision, Change, Review, Decision):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _of_revisions(template: str, numbers: sql.Composed, roles: Sequence[int]) -> None:
    copies = sql.SQL(
        "{} JOIN approvals_revision r ON r.proposal_id = {} CROSS JOIN {table} s"
        " JOIN approvals_revision t ON t.id = s.revision_id WHERE t.proposal_id = {}"
    )

    def rows(table: str) -> sql.Composed:
        return copies.format(
            numbers, sql.SQL(PROPOSAL_ID), sql.Literal(template), table=sql.Identifier(table)
        )

    _copy(Change, {"id": "", "revision_id": "r.id"}, rows("approvals_change"))
    role = ROLE.format(roles=", ".join(map(str, roles)), count=len(roles))
    given = {
        "id": "'rev_' || lpad(n::text, 26, '0')",
        "proposal_id": PROPOSAL_ID,
        "revision_id": "r.id",
        "role_id": role,
        "group_key": f"left(md5((n / {ALIKE})::text), 24)",
        "due_at": WHEN,
        "assignee_id": "CASE n % 50 WHEN 0 THEN (SELECT min(user_id) FROM people_user_groups) END",
    }
    _copy(Review, given, rows("approvals_review"))


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
