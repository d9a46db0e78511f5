"""The moves that only the commit engine makes."""

import datetime as dt

import pytest

from approvals import decisions, outcomes, preparation
from approvals.models import Change, Proposal, Review, Revision
from audit.models import Entry
from orchestrator.commits.models import Commit
from orchestrator.kernel.actors import system
from orchestrator.kernel.errors import NotFound
from orchestrator.kernel.states import IllegalMove
from tests.factories import AT, create_draft, create_proposal, create_workflow, get_user

pytestmark = pytest.mark.django_db
ENGINE = system("commit engine")
SOON = AT + dt.timedelta(minutes=5)
LEAD = "00Q000000000001AAA"


@pytest.fixture
def approved(crm, record):
    return create_proposal(state="approved")


def put(proposal, state):
    Proposal.objects.filter(pk=proposal.pk).update(state=state)


def state_of(proposal):
    return Proposal.objects.values_list("state", "outcome_code").get(pk=proposal.pk)


def return_to_people(proposal, conflict=None):
    # The engine closes its own row in the same transaction.
    Commit.objects.filter(proposal=proposal).update(state="conflict")
    return outcomes.return_to_people(
        proposal_id=proposal.pk,
        conflict=conflict or {"changes": [{"position": 0, "fields": {"StageName": "Won"}}]},
        code="record_moved",
        text="StageName changed after the approval.",
        by=ENGINE,
        at=SOON,
    )


class TestMarkCommitting:
    def test_moves_what_is_approved_and_names_it(self, crm, approved):
        waiting = create_proposal(state="in_review")

        moved = outcomes.mark_committing(proposal_ids=[approved.pk, waiting.pk], at=SOON)

        assert moved == {approved.pk}
        assert state_of(approved) == ("committing", "")
        assert state_of(waiting)[0] == "in_review"

    @pytest.mark.req("A5")
    def test_leaves_what_is_past_its_time(self, approved):
        late = approved.execute_by

        assert outcomes.mark_committing(proposal_ids=[approved.pk], at=late) == set()

    def test_lets_one_of_two_engines_have_it(self, approved):
        first = outcomes.mark_committing(proposal_ids=[approved.pk], at=SOON)
        second = outcomes.mark_committing(proposal_ids=[approved.pk], at=SOON)

        assert (first, second) == ({approved.pk}, set())

    def test_asks_nothing_of_the_database_for_nothing(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert outcomes.mark_committing(proposal_ids=[], at=SOON) == set()


class TestMarks:
    @pytest.mark.parametrize("left", ["committing", "outcome_unknown"])
    def test_committed_closes_it(self, approved, left):
        put(approved, left)

        assert outcomes.mark_committed(proposal_ids=[approved.pk], at=SOON) == {approved.pk}
        assert state_of(approved) == ("committed", "committed")
        assert Proposal.objects.get(pk=approved.pk).closed_at == SOON

    @pytest.mark.parametrize(
        ("mark", "left", "state"),
        [
            (outcomes.mark_postponed, "committing", "approved"),
            (outcomes.mark_postponed, "outcome_unknown", "approved"),
            (outcomes.mark_failed, "committing", "failed"),
            (outcomes.mark_failed, "outcome_unknown", "failed"),
            (outcomes.mark_unknown, "committing", "outcome_unknown"),
        ],
    )
    def test_keep_code_and_words(self, approved, mark, left, state):
        put(approved, left)

        moved = mark(proposal_ids=[approved.pk], code="CRM_BUSY", text="Locked.", at=SOON)

        assert moved == {approved.pk}
        assert state_of(approved) == (state, "CRM_BUSY")

    @pytest.mark.parametrize("mark", [outcomes.mark_failed, outcomes.mark_unknown])
    def test_leave_alone_what_is_not_being_written(self, approved, mark):
        moved = mark(proposal_ids=[approved.pk], code="x", text="", at=SOON)

        assert moved == set()
        assert state_of(approved)[0] == "approved"


class TestMarkRequeued:
    def test_approves_again_with_the_whole_time(self, approved):
        put(approved, "failed")
        later = AT + dt.timedelta(days=3)

        outcomes.mark_requeued(proposal_id=approved.pk, at=later)

        current = Proposal.objects.get(pk=approved.pk)
        assert (current.state, current.execute_by) == ("approved", later + dt.timedelta(hours=24))

    def test_is_for_what_failed(self, approved):
        with pytest.raises(IllegalMove):
            outcomes.mark_requeued(proposal_id=approved.pk, at=SOON)
        with pytest.raises(NotFound):
            outcomes.mark_requeued(proposal_id="prp_none", at=SOON)


class TestMarkDiscarded:
    def test_gives_it_up(self, approved):
        put(approved, "failed")
        outcomes.mark_discarded(proposal_id=approved.pk, reason="Done by hand.", at=SOON)

        current = Proposal.objects.get(pk=approved.pk)
        assert (current.state, current.outcome_text) == ("discarded", "Done by hand.")
        assert current.closed_at == SOON

    def test_is_for_what_failed(self, approved):
        with pytest.raises(IllegalMove):
            outcomes.mark_discarded(proposal_id=approved.pk, reason="x", at=SOON)


@pytest.mark.req("A5", "L7")
class TestReturnToPeople:
    @pytest.mark.parametrize("left", ["approved", "committing"])
    def test_makes_a_revision_that_no_earlier_vote_counts_for(self, approved, left):
        put(approved, left)
        revision = return_to_people(approved)

        current = Proposal.objects.get(pk=approved.pk)
        assert (current.state, current.revision_number) == ("in_review", 2)
        assert current.digest == revision.digest != approved.digest
        assert (current.approved_at, current.execute_by) == (None, None)
        assert current.deadline_at == SOON + dt.timedelta(hours=4)
        assert revision.cause == "record_moved"
        assert revision.conflict["changes"][0]["fields"] == {"StageName": "Won"}
        assert Change.objects.get(revision=revision).fields == {"StageName": "Qualification"}

    def test_lets_people_decide_on_what_is_there_now(self, crm, record, approved):
        crm.edit(record, StageName="Proposal")
        return_to_people(approved)
        preparation.prepare_due(at=SOON)
        current = Proposal.objects.get(pk=approved.pk)

        assert Change.objects.get(revision__number=2).base["StageName"] == "Proposal"
        with pytest.raises(decisions.NotWhatYouSaw):
            decide(approved)
        assert decide(current).state == "approved"

    def test_asks_people_even_if_the_action_is_automatic(self, crm):
        crm.add("Lead", LEAD, Name="Ada", Industry="Tech")
        create_workflow(mode="execute")
        draft = create_draft(
            action="enrich_lead", object_name="Lead", record_id=LEAD, fields={"Industry": "Ships"}
        )
        proposal = create_proposal(state="approved", draft=draft)

        return_to_people(proposal)
        preparation.prepare_due(at=SOON)

        assert state_of(proposal)[0] == "in_review"
        assert Review.objects.get(state="open").role.slug == "ops-owner"

    def test_ends_when_the_record_already_is_as_proposed(self, crm, record, approved):
        crm.edit(record, StageName="Qualification")
        return_to_people(approved)
        preparation.prepare_due(at=SOON)

        assert state_of(approved) == ("refused", "no_change")

    def test_says_so_in_the_ledger(self, approved):
        return_to_people(approved)

        entry = Entry.objects.get(event="proposal.returned")
        assert (entry.actor_id, entry.detail["code"]) == ("commit engine", "record_moved")

    @pytest.mark.parametrize("state", ["failed", "outcome_unknown"])
    def test_is_for_what_is_on_its_way(self, approved, state):
        put(approved, state)

        with pytest.raises(IllegalMove):
            return_to_people(approved)
        assert Revision.objects.count() == 1

    def test_may_happen_again_and_again(self, crm, record, approved):
        for number in (2, 3):
            crm.edit(record, NextStep=f"Step {number}")
            assert return_to_people(approved).number == number
            preparation.prepare_due(at=SOON)
            assert decide(Proposal.objects.get(pk=approved.pk)).state == "approved"


def decide(proposal):
    return decisions.decide(
        proposal_id=proposal.pk,
        person=get_user("ben"),
        vote="approve",
        digest=proposal.digest,
        reason_code="",
        text="",
        at=SOON,
        authenticated_at=SOON,
    )
