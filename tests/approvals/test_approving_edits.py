"""Approving a proposal with edits."""

import pytest

from approvals import outcomes
from approvals.acceptability import NotAcceptable
from approvals.alteration_terms import NotAlterable
from approvals.ballots import TextNeeded
from approvals.models import Decision, Review
from approvals.permissions import OwnProposal
from approvals.problems import InvalidProposal, NotGranted
from approvals.submission import NotRevisable
from orchestrator.agents.models import Grant
from orchestrator.commits.models import Commit
from tests.approvals.altering_scene import (
    BOTH,
    SOON,
    alter,
    asked,
    checked,
    latest,
    stored,
    wish,
    workflow,
)
from tests.approvals.deciding import answer, decide
from tests.factories import (
    AT,
    SETUP,
    create_draft,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "A5")]
LOWER = wish({"StageName": "Qualification", "NextStep": "Call them"})


class TestEdit:
    def test_is_a_new_revision_that_somebody_else_approves(self, record):
        workflow(with_bea=True)
        proposal = asked()

        done = alter(proposal, LOWER)

        assert not done.counted
        assert stored(proposal).state == "in_review"
        assert not Decision.objects.exists()
        with pytest.raises(OwnProposal):
            decide(stored(proposal), "ben", at=SOON)
        assert decide(stored(proposal), "bea", at=SOON).state == "approved"
        assert stored(proposal).outcome_code == "approved_with_edits"
        assert Commit.objects.get().revision == latest(proposal)

    def test_keeps_what_was_proposed_beside_what_was_put_in_its_place(self, record):
        workflow()
        proposal = asked()
        alter(proposal, LOWER)

        [edit] = latest(proposal).alteration["edited"]
        assert (edit["field"], edit["proposed"]) == ("StageName", "Proposal")
        assert edit["approved"] == "Qualification"
        assert latest(proposal).content["answer"] == "The buyer said so."

    def test_asks_at_once_without_reading_again(self, crm, record):
        workflow()
        proposal = asked()
        reads = len(crm.reads)

        alter(proposal, LOWER)

        assert len(crm.reads) == reads
        assert stored(proposal).prepare_at is None
        assert Review.objects.get(proposal=proposal, state="open").revision == latest(proposal)

    def test_closes_the_earlier_review(self, record):
        workflow()
        proposal = asked()
        alter(proposal, LOWER)

        assert list(Review.objects.filter(revision__number=1).values_list("state", flat=True)) == [
            "closed"
        ]

    def test_falls_to_somebody_who_may_where_the_role_has_nobody_else(self, record):
        workflow()
        proposal = asked()
        alter(proposal, LOWER)

        assert Review.objects.get(proposal=proposal, state="open").role.slug == "ops-owner"

    def test_needs_a_sentence(self, record):
        workflow()

        with pytest.raises(TextNeeded):
            alter(asked(), wish({"StageName": "Qualification", "NextStep": "Call them"}, text=""))

    def test_is_refused_where_the_action_does_not_allow_it(self, record):
        workflow(edits="off")

        with pytest.raises(NotAlterable):
            alter(asked(), LOWER)

    def test_is_judged_by_policy_before_anything_is_stored(self, record):
        workflow()
        proposal = asked()

        with pytest.raises(NotAcceptable) as refused:
            alter(proposal, wish({"StageName": "Closed Won", "NextStep": "Call them"}))

        assert "Opportunity.StageName" in refused.value.extra["findings"][0]
        assert (stored(proposal).state, stored(proposal).revision_number) == ("in_review", 1)

    def test_is_measured_against_the_value_that_was_read(self, record):
        workflow()
        proposal = asked(Amount=21000)

        with pytest.raises(NotAcceptable):
            alter(proposal, wish({"Amount": 90000}))

    def test_brings_back_the_stage_that_its_new_value_needs(self, record):
        workflow()
        proposal = asked(Amount=21000)
        assert Review.objects.filter(proposal=proposal).count() == 1

        alter(proposal, wish({"Amount": 27000}))

        assert Review.objects.filter(revision=latest(proposal)).count() == 2
        assert stored(proposal).risk == "medium"

    def test_cannot_add_to_what_was_proposed(self, record):
        workflow()
        proposal = asked()

        with pytest.raises(InvalidProposal) as refused:
            alter(proposal, wish({**BOTH, "Amount": 1}), seen="sha256:none")

        assert refused.value.code == "beyond_the_proposal"

    def test_stays_within_the_grants_of_the_agent(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, LOWER)
        Grant.objects.update(ends_at=AT)

        with pytest.raises(NotGranted):
            alter(proposal, LOWER, seen=seen)

    def test_is_not_replaced_by_its_agent(self, record):
        workflow()
        proposal = asked()
        alter(proposal, LOWER)

        with pytest.raises(NotRevisable):
            answer(stored(proposal), create_draft(fields={"StageName": "Proposal"}))


class TestOwnEdit:
    """An action may let people approve their own edits: small ones, within its bounds."""

    def test_counts_as_the_decision_on_what_it_makes(self, record):
        workflow(edits="self")
        proposal = asked()

        assert alter(proposal, LOWER).counted

        vote = Decision.objects.get()
        assert (vote.revision, vote.digest) == (latest(proposal), stored(proposal).digest)
        assert stored(proposal).state == "approved"

    def test_bars_its_maker_from_everything_after(self, record):
        workflow(edits="self")
        proposal = asked()
        alter(proposal, LOWER)

        outcomes.return_to_people(
            proposal_id=proposal.pk, conflict=None, code="moved", text="Moved.", by=SETUP, at=SOON
        )

        assert "ben" in stored(proposal).barred

    def test_of_a_field_without_bounds_asks_somebody_else(self, record):
        workflow(edits="self")
        proposal = asked()

        assert not alter(proposal, wish({"StageName": "Proposal", "NextStep": "Write"})).counted
        assert stored(proposal).state == "in_review"

    def test_is_one_of_two_where_two_have_to_agree(self, record):
        workflow(edits="self", quorum="all", with_bea=True)
        proposal = asked()

        assert alter(proposal, LOWER).counted

        assert stored(proposal).state == "in_review"
        assert decide(stored(proposal), "bea", at=SOON).state == "approved"
