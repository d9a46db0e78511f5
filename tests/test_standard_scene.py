"""The standard scene, put up as rows, is the one that the operations make."""

import json
import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from orchestrator.people.models import User
from orchestrator.people.rights import Right
from orchestrator.workflows.models import Workflow
from tests import standard_scene
from tests.approvals.conftest import record
from tests.factories import create_org, create_proposal, create_workflow, get_user

__all__ = ["record"]

pytestmark = pytest.mark.django_db
FEW = 10


def rows_but_for_keys() -> str:
    """Return all rows of the scene with the first key of each table as 1, and so on."""
    found = standard_scene._everything()
    for model in standard_scene.MODELS:
        rows = found[model._meta.db_table]
        places = {row["id"]: place for place, row in enumerate(rows, start=1)}
        for row in rows:
            row["id"] = places[row["id"]]
        for table, column, target in standard_scene.LINKS:
            if target == model._meta.db_table:
                for row in found[table]:
                    row[column] = places.get(row[column], row[column])
    return re.sub(r'"object_pk": "\d+"', '"object_pk": ""', json.dumps(found, sort_keys=True))


@pytest.fixture
def made(monkeypatch):
    """Return the rows that the operations write into an empty house; it is empty again."""
    monkeypatch.setattr(standard_scene, "_kept", {})
    with transaction.atomic():
        create_workflow()
        rows = rows_but_for_keys()
        transaction.set_rollback(True)
    return rows


class TestPutUp:
    def test_gives_the_rows_that_the_operations_write(self, made):
        with CaptureQueriesContext(connection) as asked:
            create_workflow()

        assert len(asked) < FEW
        assert rows_but_for_keys() == made
        connection.check_constraints()

    def test_gives_them_new_keys(self, made):
        earlier = standard_scene._kept[Workflow._meta.db_table]

        again = create_workflow()

        assert again.pk > earlier[0]["id"]
        assert get_user("cleo").has_perm(Right.DECIDE.codename, again)
        assert not get_user("eve").has_perm(Right.DECIDE.codename, again)

    def test_leaves_a_house_with_something_in_it_to_the_operations(self, made):
        before = create_org()

        assert create_workflow().org == before
        assert User.objects.count() == 5

    def test_is_what_proposals_can_be_made_in(self, made, crm, record):
        assert create_proposal().state == "in_review"
