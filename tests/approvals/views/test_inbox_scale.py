"""The inbox with very much in the tables: no page reads a whole one, for any number of roles."""

import re

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.bench.copies import copy_decided, copy_open, look_again
from orchestrator.kernel.clock import now
from orchestrator.people.models import Role
from tests.factories import create_proposal, create_workflow, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]
OPEN, DECIDED, ROLES = 10_000, 20_000, 200
MOST_QUERIES = 12
BIG = re.compile(r"approvals_(proposal|review|revision|change|decision)\b")
WHOLE = re.compile(rf"Seq Scan on {BIG.pattern}")
PAGES = (
    "",
    "?tab=team",
    "?tab=all",
    "?tab=requests",
    "?tab=decided",
    "?workflow=deal-hygiene",
    "?agent=hygiene-agent",
    "?risk=high",
    "?text=northwind",
    "?text=nobody-has-this",
    "?due=overdue",
    "?due=today",
    "?age=1d",
    "?below=95",
    "?operation=delete",
    "?object=Opportunity&action=change_stage",
    "?grouped=1",
    "?tab=team&grouped=1&risk=high",
    "?tab=all&text=northwind",
    "?tab=decided&risk=high",
    "?group={group}",
)


@pytest.fixture
def crowd(record: object) -> str:
    """Fill the tables, put ben into very many roles, and return a group's key."""
    create_workflow()
    template = create_proposal()
    names = [f"desk-{number}" for number in range(ROLES)]
    groups = Group.objects.bulk_create(Group(name=name) for name in names)
    roles = Role.objects.bulk_create(
        Role(slug=group.name, title=group.name, group=group) for group in groups
    )
    get_user("ben").groups.add(*groups)
    voter = get_user("cleo").pk
    copy_open(template.pk, roles=[role.pk for role in roles], first=1, last=OPEN, voter=voter)
    copy_decided(template.pk, first=OPEN + 1, last=OPEN + DECIDED)
    look_again()
    with connection.cursor() as cursor:
        cursor.execute("SELECT group_key FROM approvals_review WHERE state = 'open' LIMIT 1")
        return str(cursor.fetchone()[0])


def whole_reads(statements: set[str]) -> list[str]:
    """Return the statements that would read one of the big tables from end to end."""
    found = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            if WHOLE.search(plan):
                found.append(plan)
    return found


def test_no_page_reads_a_whole_table_and_none_takes_many_queries(crowd, signed_in):
    client = signed_in("ben")
    known: set[str] = set()
    with time_machine.travel(now(), tick=False):
        for address in PAGES:
            with CaptureQueriesContext(connection) as captured:
                response = client.get(f"/{address.format(group=crowd)}")
            asked = [each["sql"] for each in captured.captured_queries]
            statements = {each for each in asked if BIG.search(each)}
            assert response.status_code == 200
            assert len(asked) <= MOST_QUERIES, (address, len(asked))
            found = whole_reads(statements - known)
            assert not found, f"{address}\n" + "\n".join(found)
            known |= statements
