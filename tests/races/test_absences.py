"""A sweep that reminds of absences, and somebody who changes who stands in, at the same moment."""

import datetime as dt
import threading

import pytest
from django.db import connection

from orchestrator.people import absence_notices, absences
from orchestrator.people.models import Absence
from tests.approvals.away import leave
from tests.factories import AT, get_user
from tests.races.test_decisions import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("A4")]
BEGUN = AT + dt.timedelta(hours=1)


class TestAReminderAndAChange:
    def test_wait_for_each_other_and_not_for_ever(self):
        get_user("cleo")
        leave("ada", "ben", starts=0.01)
        holds_rows, wants_table = threading.Event(), threading.Event()

        def between(execute, sql, params, many, context):
            """Let the other one come in once the sweep has its rows."""
            result = execute(sql, params, many, context)
            if "FOR UPDATE" in sql and "people_absence" in sql:
                holds_rows.set()
                wants_table.wait(timeout=1)
            return result

        def remind():
            with connection.execute_wrapper(between):
                return absence_notices.remind_due(at=BEGUN)

        def change():
            holds_rows.wait(timeout=10)

            def announce(execute, sql, params, many, context):
                result = execute(sql, params, many, context)
                if sql.startswith("LOCK TABLE"):
                    wants_table.set()
                return result

            with connection.execute_wrapper(announce):
                absences.change_delegate(
                    absence=Absence.objects.select_related("person", "delegate").get(),
                    to=get_user("cleo"),
                    by=get_user("ada"),
                    at=BEGUN,
                )

        assert together(remind, change) == [1, None]
        row = Absence.objects.get()
        assert (row.delegate.username, row.start_told_at) == ("cleo", BEGUN)
