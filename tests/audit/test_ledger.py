"""The ledger is written in the transaction of what it records, and never changed."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from audit import ledger, queries
from audit.events import REGISTER
from audit.models import Entry
from orchestrator.kernel import actors

AT = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
ADA = actors.Actor(actors.ActorKind.PERSON, "ada", "Ada Lovelace")


def record(**changes):
    given = {
        "event": "agent.suspended",
        "by": ADA,
        "at": AT,
        "subject_kind": "agent",
        "subject_id": "agt_1",
        "detail": {"reason": "Strange."},
    }
    ledger.record(**{**given, **changes})


@pytest.mark.django_db
@pytest.mark.req("C3")
class TestAppend:
    def test_writes_who_what_when_and_why_in_its_lane(self):
        record(agent="hygiene")
        entry = Entry.objects.get()
        assert (entry.lane, entry.actor_label, entry.at) == ("config", "Ada Lovelace", AT)
        assert entry.detail == {"reason": "Strange."}

    @pytest.mark.parametrize(
        ("event", "detail"),
        [
            ("agent.promoted", {}),
            ("agent.suspended", {}),
            ("agent.suspended", {"reason": "x", "secret": "y"}),
        ],
    )
    def test_refuses_what_is_not_registered(self, event, detail):
        with pytest.raises(ledger.UnknownEvent):
            record(event=event, detail=detail)

    def test_goes_with_the_transaction_it_stands_in(self):
        with transaction.atomic():
            record()
            transaction.set_rollback(True)
        assert not Entry.objects.exists()

    def test_registers_every_event_with_words_for_people(self):
        assert all(event.words for event in REGISTER.values())


@pytest.mark.django_db(transaction=True)
class TestOutside:
    def test_refuses_to_write_without_a_transaction(self):
        with pytest.raises(ledger.OutsideTransaction):
            record()


@pytest.mark.django_db
@pytest.mark.req("C4")
class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_entry SET actor_id = 'eve'",
            "DELETE FROM audit_entry",
            "TRUNCATE audit_entry",
            "UPDATE audit_entry SET detail = '{}' WHERE id = 0 OR true",
        ],
    )
    def test_the_database_refuses_to_change_it(self, statement):
        record()
        with connection.cursor() as cursor:
            # The test session may empty tables between tests; this one must not.
            cursor.execute("SET LOCAL countersign.allow_truncate = 'off'")
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert Entry.objects.get().actor_id == "ada"


@pytest.mark.django_db
class TestQueries:
    def test_pages_newest_first(self):
        for number in range(queries.PAGE_SIZE + 3):
            record(subject_id=f"agt_{number}")
        first = queries.search(filters=queries.Filters())
        second = queries.search(filters=queries.Filters(), before=first.next_before)
        ids = [line.id for line in [*first.lines, *second.lines]]
        assert ids == sorted(ids, reverse=True)
        assert len(ids) == queries.PAGE_SIZE + 3
        assert second.next_before is None

    def test_filters_by_every_given_value(self):
        record(agent="hygiene")
        record(agent="other")
        found = queries.search(filters=queries.Filters(agent="hygiene", lane="config"))
        assert [line.agent for line in found.lines] == ["hygiene"]
        later = queries.Filters(since=AT + dt.timedelta(seconds=1))
        assert not queries.search(filters=later).lines
