"""
Advisory locks. The fence's end with the transaction; a worker's sign of life with its connection.

A worker that dies loses its connection, and its locks with it: no lease has to run out first. A
connection pooler between workers and the database must therefore pool sessions, not transactions.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from psycopg import errors

from orchestrator.kernel.errors import DomainError


class LockTimeout(DomainError):
    """Somebody else kept a lock for too long."""

    code, status = "lock_timeout", 503


def limit_waiting(seconds: float) -> None:
    """Let this transaction wait at most so long for any lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{int(seconds * 1000)}ms"])


def share(keys: Sequence[int]) -> None:
    """Take locks together with others, in the order given; waits behind whoever wants one alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(key) FROM unnest(%s::bigint[]) AS keys(key)",
            [list(keys)],
        )


def take_alone(key: int) -> None:
    """Take a lock that nobody shares; waits for those who have it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def try_each(keys: Sequence[int]) -> list[bool]:
    """Try to take each lock alone without waiting; say which ones we have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(key) FROM unnest(%s::bigint[])"
            " WITH ORDINALITY AS keys(key, place) ORDER BY place",
            [list(keys)],
        )
        return [bool(row[0]) for row in cursor.fetchall()]


@contextmanager
def kept(key: int) -> Iterator[bool]:
    """Try to take a lock for as long as the block runs, over all its transactions; say whether."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        # A connection that broke took the lock with it, and a new one has none to give back.
        with suppress(DatabaseError, InterfaceError):
            if got:
                _give_back(key)


@contextmanager
def first_kept(keys: Sequence[int]) -> Iterator[int | None]:
    """Take the first free lock for as long as the block runs; say which, or None if none is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place FROM unnest(%s::bigint[]) WITH ORDINALITY AS keys(key, place)"
            " WHERE pg_try_advisory_lock(key) LIMIT 1",
            [list(keys)],
        )
        row = cursor.fetchone()
    place = None if row is None else int(row[0]) - 1
    try:
        yield place
    finally:
        with suppress(DatabaseError, InterfaceError):
            if place is not None:
                _give_back(keys[place])


def _give_back(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """
    Open a transaction that gives up on a lock after `seconds`.

    :raises LockTimeout: if it did
    """
    try:
        with transaction.atomic():
            limit_waiting(seconds)
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable):
            raise LockTimeout("The lock is still taken; try again.") from error
        raise
