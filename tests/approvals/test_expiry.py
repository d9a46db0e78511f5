"""Both clocks running out."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import expiry
from approvals.models import Proposal, Review
from audit.models import Entry
from tests.factories import AT, create_draft, create_proposal, create_workflow

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5")]
SECOND = dt.timedelta(seconds=1)


class TestExpireDue:
    @pytest.mark.parametrize(
        ("state", "clock"),
        [("received", "decide"), ("in_review", "decide"), ("revision_requested", "answer")],
    )
    def test_denies_what_nobody_decided_or_answered_in_time(self, crm, record, state, clock):
        proposal = create_proposal(state=state)

        assert expiry.expire_due(at=proposal.deadline_at) == 1

        current = Proposal.objects.get()
        assert (current.state, current.outcome_code) == ("expired", f"{clock}_by_passed")
        assert Entry.objects.get(event="proposal.expired").detail["clock"] == clock
        assert (current.closed_at, current.prepare_at) == (proposal.deadline_at, None)
        assert not Review.objects.filter(state__in=["open", "waiting"]).exists()

    def test_ends_an_approval_that_was_not_written_in_time(self, crm, record):
        proposal = create_proposal(state="approved")

        assert expiry.expire_due(at=proposal.execute_by) == 1

        current = Proposal.objects.get()
        assert (current.state, current.outcome_code) == ("expired", "execute_by_passed")
        assert Entry.objects.get(event="proposal.expired").detail["clock"] == "execute"

    def test_does_nothing_a_second_before(self, crm, record):
        waiting = create_proposal(state="in_review")

        assert expiry.expire_due(at=waiting.deadline_at - SECOND) == 0

    def test_stops_the_first_clock_once_it_is_approved(self, crm, record):
        proposal = create_proposal(state="approved")

        assert expiry.expire_due(at=proposal.deadline_at) == 0

    @pytest.mark.parametrize("state", ["committing", "failed", "outcome_unknown"])
    def test_leaves_alone_what_may_be_in_the_crm_already(self, crm, record, state):
        proposal = create_proposal(state="approved")
        Proposal.objects.update(state=state)

        assert expiry.expire_due(at=proposal.execute_by + dt.timedelta(days=9)) == 0

    def test_expires_nothing_twice(self, crm, record):
        proposal = create_proposal()
        expiry.expire_due(at=proposal.deadline_at)

        assert expiry.expire_due(at=proposal.deadline_at + SECOND) == 0
        assert Entry.objects.filter(event="proposal.expired").count() == 1

    def test_costs_the_same_statements_for_one_and_for_many(self, crm):
        create_workflow()
        counts = []
        for batch in (1, 20):
            at = AT + dt.timedelta(days=batch)
            for number in range(batch):
                draft = create_draft(record_id=f"006{batch:02d}{number:010d}")
                create_proposal(state="received", draft=draft, at=at)
            with CaptureQueriesContext(connection) as seen:
                assert expiry.expire_due(at=at + dt.timedelta(hours=4)) == batch
            counts.append(len(seen))

        assert counts[0] == counts[1]

    def test_works_through_more_than_one_batch(self, crm, monkeypatch):
        create_workflow()
        monkeypatch.setattr(expiry, "BATCH", 2)
        for number in range(5):
            draft = create_draft(record_id=f"006{number:012d}")
            create_proposal(state="received", draft=draft)

        assert expiry.expire_due(at=AT + dt.timedelta(hours=4)) == 5
