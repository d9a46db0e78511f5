"""What was not decided in time is remembered, once."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import expiry, sla_breaches
from approvals.models import Review
from audit.models import Entry
from tests.approvals.clockwork import workflow_with
from tests.approvals.deciding import decide
from tests.factories import AT, create_draft, create_proposal, create_workflow

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5", "I1")]
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)
DENY_LATE = "escalation: [{{ at: 300%, do: deny }}]\n"
DUE = AT + 4 * HOUR


@pytest.fixture
def waiting(crm, record):
    workflow_with("decide_within: 4 hours", escalation=DENY_LATE)
    return create_proposal()


class TestRecordBreaches:
    def test_marks_the_review_and_writes_the_ledger(self, waiting):
        assert sla_breaches.record_breaches(at=DUE) == 1

        assert Review.objects.get().breached_at == DUE
        entry = Entry.objects.get(event="review.overdue")
        assert (entry.proposal_id, entry.workflow) == (waiting.pk, "deal-hygiene")
        assert entry.detail == {
            "stage": 1,
            "role": "deal-desk",
            "due_at": DUE.isoformat(),
            "within": "4 hours",
        }

    def test_does_nothing_a_second_before(self, waiting):
        assert sla_breaches.record_breaches(at=DUE - SECOND) == 0

    def test_records_nothing_twice(self, waiting):
        sla_breaches.record_breaches(at=DUE)

        assert sla_breaches.record_breaches(at=DUE + HOUR) == 0
        assert Entry.objects.filter(event="review.overdue").count() == 1

    def test_finds_what_was_decided_too_late_before_it_looked(self, waiting):
        decide(waiting, at=DUE + SECOND)

        assert sla_breaches.record_breaches(at=DUE + HOUR) == 1

    def test_finds_what_expired_at_its_due_time(self, crm, record):
        create_proposal()
        expiry.expire_due(at=DUE)

        assert sla_breaches.record_breaches(at=DUE + SECOND) == 1

    def test_leaves_alone_what_was_decided_in_time(self, waiting):
        decide(waiting, at=DUE - SECOND)

        assert sla_breaches.record_breaches(at=DUE + HOUR) == 0

    def test_works_through_more_than_one_batch_at_the_same_cost_each(self, crm, monkeypatch):
        create_workflow()
        costs = []
        for batch in (2, 20):
            at = AT + dt.timedelta(days=batch)
            monkeypatch.setattr(sla_breaches, "BATCH", batch + 1)
            for number in range(batch):
                draft = create_draft(record_id=f"006{batch:02d}{number:010d}")
                crm.add("Opportunity", draft.changes[0].record_id, StageName="Prospecting")
                create_proposal(draft=draft, at=at)
            with CaptureQueriesContext(connection) as seen:
                assert sla_breaches.record_breaches(at=at + 5 * HOUR) == batch
            costs.append(len(seen))

        assert costs[0] == costs[1]
