"""Rows read in part, and rows written many at a time."""

import datetime as dt

import pytest

from audit.lanes import Lane
from audit.models import Entry
from orchestrator.kernel.bulk_rows import insert_rows
from orchestrator.kernel.partial_rows import partial_row
from orchestrator.people.models import User

AT = dt.datetime(2026, 11, 18, 10, 0, 0, 123456, tzinfo=dt.UTC)


def row(**more):
    return {
        "at": AT,
        "lane": Lane.CONFIG,
        "event": "x",
        "actor_kind": "system",
        "actor_id": "x",
        "actor_label": "x",
        "subject_kind": "x",
        "subject_id": "x",
        "proposal_id": "",
        "workflow": "",
        "agent": "",
        "object_name": "",
        "record_id": "",
        "detail": {},
        **more,
    }


@pytest.mark.django_db
class TestInsertRows:
    def test_stores_values_as_they_are(self):
        detail = {"text": 'a "quoted" \\ line\n%s', "n": 1.5, "deep": [None, {"ü": "\u202e"}]}
        insert_rows(Entry, [row(detail=detail), row(actor_label="it's")])

        first, second = Entry.objects.order_by("pk")
        assert (first.at, first.detail, first.lane) == (AT, detail, "config")
        assert second.actor_label == "it's"

    def test_asks_nothing_of_the_database_for_nothing(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            insert_rows(Entry, [])

    def test_refuses_what_json_cannot_hold(self):
        with pytest.raises(TypeError):
            insert_rows(Entry, [row(detail={"a": object()})])


@pytest.mark.django_db
class TestPartialRow:
    def test_reads_the_rest_when_somebody_asks(self, django_assert_num_queries):
        stored = User.objects.create(username="ada", email="ada@example.com")

        found = partial_row(User, username="ada", id=stored.pk)

        assert (found.pk, found.username) == (stored.pk, "ada")
        with django_assert_num_queries(1):
            assert found.email == "ada@example.com"

    def test_refuses_columns_that_the_model_does_not_have(self):
        with pytest.raises(TypeError):
            partial_row(User, nonsense=1)
