"""An approval is cast on what is there now, or not at all."""

import datetime as dt

import pytest

from approvals import preparation
from approvals.handover import reassign
from approvals.live_records.checking import RecordMoved, Standing, check_still_true, read_again
from approvals.models import Decision, Proposal, Review, Revision
from audit.models import Entry
from orchestrator.connectors.errors import Transient
from orchestrator.kernel.errors import NotFound
from orchestrator.people.models import User
from tests.approvals.deciding import decide
from tests.factories import AT, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5")]
SOON = AT + dt.timedelta(minutes=5)


def check(proposal, person="ben", vote="approve", at=SOON):
    return check_still_true(
        proposal_id=proposal.pk, person=get_user(person), vote=vote, digest=proposal.digest, at=at
    )


def again(proposal):
    return Proposal.objects.get(pk=proposal.pk)


class TestARecordAsItWasRead:
    def test_lets_the_vote_through(self, proposal):
        assert check(proposal) == Standing.COMPARED

    def test_may_have_moved_where_nothing_looks(self, crm, record, proposal):
        crm.edit(record, Name="Another name")

        assert check(proposal) == Standing.COMPARED


class TestARecordThatMoved:
    def test_takes_no_vote_and_is_prepared_again(self, crm, record, proposal):
        crm.edit(record, StageName="Negotiation")

        with pytest.raises(RecordMoved, match="Somebody changed StageName"):
            check(proposal)

        moved = again(proposal)
        assert (moved.state, moved.revision_number) == ("in_review", 2)
        assert moved.digest != proposal.digest
        assert not Decision.objects.exists()
        assert not Review.objects.filter(state="open").exists()
        assert Revision.objects.get(proposal=moved, number=2).cause == "record_moved"

    def test_comes_back_to_whom_it_was_handed_to(self, crm, record, proposal):
        reassign(
            proposal_id=proposal.pk,
            person=get_user("ben"),
            to_role=None,
            to_person=get_user("cleo"),
            reason="You know the buyer.",
            at=AT,
        )
        crm.edit(record, StageName="Negotiation")
        with pytest.raises(RecordMoved):
            check(proposal, "cleo")
        preparation.prepare_due(at=SOON)

        assert Review.objects.get(state="open").assignee == get_user("cleo")
        assert decide(again(proposal), "cleo", at=SOON).state == "approved"

    def test_comes_back_to_its_role_once_whom_it_was_handed_to_is_gone(self, crm, record, proposal):
        Review.objects.update(assignee=get_user("cleo"))
        crm.edit(record, StageName="Negotiation")
        with pytest.raises(RecordMoved):
            check(proposal)
        User.objects.filter(username="cleo").update(is_active=False)
        preparation.prepare_due(at=SOON)

        assert Review.objects.get(state="open").assignee is None

    def test_comes_back_with_three_values_and_can_be_approved_then(self, crm, record, proposal):
        crm.edit(record, StageName="Negotiation")
        with pytest.raises(RecordMoved):
            check(proposal)
        preparation.prepare_due(at=SOON)

        moved = again(proposal)
        (told,) = Revision.objects.get(proposal=moved, number=2).conflict["changes"]
        assert told["fields"] == [
            {
                "field": "StageName",
                "then": "Prospecting",
                "now": "Negotiation",
                "proposed": "Qualification",
            }
        ]
        assert check(moved, at=SOON + dt.timedelta(minutes=1)) == Standing.COMPARED
        assert decide(moved).state == "approved"

    def test_leaves_no_more_time_than_there_was(self, crm, record, proposal):
        crm.edit(record, StageName="Negotiation")
        with pytest.raises(RecordMoved):
            check(proposal)

        assert again(proposal).deadline_at == proposal.deadline_at

    def test_is_noted_in_the_ledger(self, crm, record, proposal):
        crm.remove(record)
        with pytest.raises(RecordMoved, match="deleted"):
            check(proposal)

        entry = Entry.objects.get(proposal_id=proposal.pk, event="proposal.returned")
        assert entry.detail["code"] == "record_moved"
        assert entry.detail["conflict"]["changes"][0]["gone"]

    @pytest.mark.parametrize("vote", ["deny", "send_back"])
    def test_may_be_said_no_to(self, crm, record, proposal, vote):
        crm.edit(record, StageName="Negotiation")

        assert check(proposal, vote=vote) == Standing.NOT_ASKED
        assert again(proposal).revision_number == 1

    @pytest.mark.parametrize("person", ["ada", "cleo", "eve"])
    def test_is_nothing_that_others_can_set_off(self, crm, record, proposal, person):
        crm.edit(record, StageName="Negotiation")
        crm.reads.clear()

        assert check(proposal, person) == Standing.NOT_ASKED
        assert (crm.reads, again(proposal).revision_number) == ([], 1)


class TestACrmThatDoesNotAnswer:
    def test_lets_the_vote_count_and_says_so(self, crm, proposal):
        crm.fail_reads = Transient("The CRM does not answer.")

        assert check(proposal) == Standing.UNKNOWN


class TestReadingAgain:
    def test_takes_up_what_moved_without_a_vote(self, crm, record, proposal):
        crm.edit(record, StageName="Negotiation")

        moved = read_again(
            proposal_id=proposal.pk, person=get_user("ben"), digest=proposal.digest, at=SOON
        )

        assert moved
        assert again(proposal).revision_number == 2

    def test_leaves_alone_what_did_not(self, proposal):
        moved = read_again(
            proposal_id=proposal.pk, person=get_user("ben"), digest=proposal.digest, at=SOON
        )

        assert not moved
        assert again(proposal).revision_number == 1

    def test_is_for_who_may_decide(self, crm, record, proposal):
        crm.edit(record, StageName="Negotiation")

        with pytest.raises(NotFound):
            read_again(
                proposal_id=proposal.pk, person=get_user("ada"), digest=proposal.digest, at=SOON
            )
