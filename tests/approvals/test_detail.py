"""What the review page shows, and to whom."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import detail as details
from approvals import outcomes, preparation
from orchestrator.commits.models import Commit
from orchestrator.connectors.errors import Transient
from orchestrator.kernel.actors import system
from orchestrator.kernel.errors import NotFound
from tests.factories import AT, create_proposal, get_user, vote_on

pytestmark = pytest.mark.django_db
SOON = AT + dt.timedelta(minutes=5)


def detail(proposal, username="ben", at=SOON):
    return details.detail(proposal_id=proposal.pk, person=get_user(username), at=at)


class TestDetail:
    def test_shows_changes_verdict_and_the_open_review(self, crm, record):
        shown = detail(create_proposal())

        assert shown.changes[0].base["StageName"] == "Prospecting"
        assert shown.verdict["outcome"] == "review"
        assert shown.open_review.role.slug == "deal-desk"
        assert shown.may_decide

    def test_shows_a_proposal_whose_records_have_not_been_read(self, crm, record):
        shown = detail(create_proposal(state="received"), "cleo")

        assert (shown.verdict, shown.open_review) == ({}, None)
        assert shown.refusal.code == "not_open"

    @pytest.mark.parametrize(("person", "code"), [("ada", "own_proposal"), ("cleo", "not_allowed")])
    def test_says_why_a_person_may_not_decide(self, crm, record, person, code):
        shown = detail(create_proposal(), person)

        assert shown.refusal.code == code
        assert not shown.may_decide

    def test_says_who_decided(self, crm, record):
        shown = detail(create_proposal(state="approved"), "cleo")

        assert shown.refusal.code == "already_decided"
        assert shown.reviews[0].decisions.all()[0].person.username == "ben"

    def test_is_not_there_for_a_stranger(self, crm, record):
        proposal = create_proposal()

        with pytest.raises(NotFound):
            detail(proposal, "eve")
        proposal.pk = "prp_none"
        with pytest.raises(NotFound):
            detail(proposal)

    def test_keeps_the_conflict_for_the_three_way_view(self, crm, record):
        proposal = create_proposal(state="approved")
        crm.edit(record, StageName="Proposal")
        Commit.objects.update(state="conflict")
        outcomes.return_to_people(
            proposal_id=proposal.pk,
            conflict={"changes": []},
            code="record_moved",
            text="It moved.",
            by=system("commit engine"),
            at=SOON,
        )
        preparation.prepare_due(at=SOON)

        shown = detail(proposal)
        assert shown.revision.conflict == {"changes": []}
        assert len(shown.revisions) == 2
        assert [each.state for each in shown.current_reviews] == ["open"]

    def test_takes_a_fixed_number_of_queries(self, crm, record):
        crm.edit(record, Amount=90000.0)
        proposal = create_proposal()
        vote_on(proposal=proposal)
        person = get_user("cleo")

        with CaptureQueriesContext(connection) as seen:
            details.detail(proposal_id=proposal.pk, person=person, at=SOON)

        assert len(seen) <= 9, [query["sql"][:80] for query in seen]


class TestFieldDescriptions:
    def test_name_the_types_of_the_fields(self, crm, record):
        shown = detail(create_proposal())

        found = details.field_descriptions(org=shown.proposal.workflow.org, changes=shown.changes)
        assert found["Opportunity", "Amount"].type == "currency"

    def test_are_missing_while_the_crm_does_not_answer(self, crm, record, monkeypatch):
        shown = detail(create_proposal())

        def down(name):
            raise Transient("down")

        monkeypatch.setattr(crm, "describe", down)
        found = details.field_descriptions(org=shown.proposal.workflow.org, changes=shown.changes)
        assert found == {}


class TestRecordsNow:
    def test_reads_the_fields_of_the_base_again(self, crm, record):
        proposal = create_proposal()
        crm.edit(record, StageName="Proposal")
        shown = detail(proposal)

        now = details.records_now(org=shown.proposal.workflow.org, changes=shown.changes)
        assert now[0].values["StageName"] == "Proposal"

    def test_says_that_a_record_is_gone(self, crm, record):
        shown = detail(create_proposal())
        crm.remove(record)

        now = details.records_now(org=shown.proposal.workflow.org, changes=shown.changes)
        assert now == {0: None}


class TestRecordLinks:
    def test_lead_to_the_crm(self, crm, record):
        shown = detail(create_proposal())

        links = details.record_links(org=shown.proposal.workflow.org, changes=shown.changes)
        assert links == {0: f"https://crm.example.com/{record.record_id}"}
