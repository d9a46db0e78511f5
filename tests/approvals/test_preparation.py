"""Reading the records and freezing what was read."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from approvals import preparation
from approvals.models import Change, Proposal, Review, Revision
from tests.approvals.preparing import (
    LATER,
    events,
    prepare,
    received,
)
from tests.factories import (
    AT,
    create_draft,
    create_proposal,
    create_workflow,
)

pytestmark = pytest.mark.django_db


class TestPrepareDue:
    def test_freezes_the_values_that_we_read(self, crm, record):
        proposal = received()

        assert prepare() == 1

        change = Change.objects.get()
        assert change.base["StageName"] == "Prospecting"
        assert (change.record_label, change.parent_key) == (
            "Northwind renewal",
            "Account/001000000000001AAA",
        )
        assert change.base_modified_at == crm.stamps[record][0]
        assert Revision.objects.get().verdict["outcome"] == "review"
        proposal.refresh_from_db()
        assert (proposal.state, proposal.prepare_at, proposal.risk) == ("in_review", None, "low")
        assert proposal.headline["label"] == "Northwind renewal"
        assert proposal.headline["first"]["old"] == "Prospecting"

    def test_reads_the_fields_that_conditions_mention(self, crm, record):
        received()
        prepare()

        assert Change.objects.get().base["Amount"] == 20000.0

    def test_opens_the_first_review_and_says_so(self, crm, record):
        proposal = received()
        prepare()

        review = Review.objects.get()
        assert (review.role.slug, review.state, review.stage) == ("deal-desk", "open", 1)
        assert (review.opened_at, review.due_at) == (AT, AT + dt.timedelta(hours=4))
        assert events(proposal) == [
            "proposal.submitted",
            "proposal.prepared",
            "review.opened",
        ]

    def test_leaves_later_stages_waiting(self, crm, record):
        crm.edit(record, Amount=90000.0)
        received()
        prepare()

        first, second = Review.objects.order_by("stage")
        assert (first.state, second.state) == ("open", "waiting")
        assert second.policy["why"] == "The action asks this role when record.Amount > 50000.0."

    def test_lets_nobody_change_a_prepared_revision(self, crm, record):
        received()
        prepare()

        with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            Revision.objects.update(verdict={"outcome": "automatic"})

    def test_prepares_nothing_twice(self, crm, record):
        received()

        assert [prepare(), prepare(), prepare(LATER)] == [1, 0, 0]

    def test_reads_all_records_of_a_batch_in_one_call(self, crm):
        create_workflow()
        for number in range(30):
            key = crm.add("Opportunity", f"006{number:012d}", Name=f"Deal {number}")
            create_proposal(state="received", draft=create_draft(record_id=key.record_id))

        assert prepare() == 30
        assert len(crm.reads) == 1
        assert Proposal.objects.filter(state="in_review").count() == 30

    def test_costs_the_same_statements_for_one_and_for_many(self, crm):
        create_workflow()
        counts = []
        for batch in (1, 40):
            for number in range(batch):
                key = crm.add("Opportunity", f"006{batch:02d}{number:010d}", Name="Deal")
                create_proposal(state="received", draft=create_draft(record_id=key.record_id))
            with CaptureQueriesContext(connection) as seen:
                assert prepare() == batch
            counts.append(len(seen))

        assert counts[0] == counts[1] <= 20

    def test_takes_no_more_than_asked(self, crm):
        create_workflow()
        for number in range(3):
            key = crm.add("Opportunity", f"006{number:012d}", Name="Deal")
            create_proposal(state="received", draft=create_draft(record_id=key.record_id))

        assert preparation.prepare_due(limit=2, at=AT) == 2
        assert Proposal.objects.filter(state="received").count() == 1
