"""The migrations say what the models say, and the ledger keeps its guards."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

GUARDS = """
    SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE relname = %s AND NOT tgisinternal AND tgenabled <> 'D'
      AND (tgtype & %s) <> 0
"""
# Bits of pg_trigger.tgtype, from PostgreSQL's catalog/pg_trigger.h.
EVENTS = {"DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration():
    said = StringIO()

    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, stderr=said)
    except SystemExit as error:
        pytest.fail(f"makemigrations wants to write ({error.code}):\n{said.getvalue()}")


@pytest.mark.req("C4")
@pytest.mark.django_db
@pytest.mark.parametrize("event", EVENTS)
def test_a_trigger_guards_the_ledger_against(event):
    with connection.cursor() as cursor:
        cursor.execute(GUARDS, ["audit_entry", EVENTS[event]])
        guards = cursor.fetchall()

    assert guards
