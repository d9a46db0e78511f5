"""Approving a part of a proposal."""

import pytest

from approvals import decisions
from approvals.alteration_terms import NotAlterable
from approvals.ballots import ReasonNeeded, TextNeeded
from approvals.content import DraftChange
from approvals.models import Change, Decision, Review, Revision
from approvals.permissions import OwnProposal
from orchestrator.commits.models import Commit
from orchestrator.people.models import Role
from tests.approvals.altering_scene import (
    BOTH,
    SOON,
    alter,
    asked,
    latest,
    stored,
    wish,
    workflow,
)
from tests.approvals.deciding import decide, events
from tests.factories import (
    create_draft,
    create_proposal,
    create_workflow,
    get_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "A5")]
STAGE = wish({"StageName": "Proposal"})


class TestPart:
    def test_is_approved_by_whoever_picks_it_in_one_step(self, record):
        workflow()
        proposal = asked()

        done = alter(proposal, STAGE)

        assert done.counted
        assert (stored(proposal).state, stored(proposal).revision_number) == ("approved", 2)
        commit = Commit.objects.get(proposal=proposal)
        assert commit.revision.content["changes"][0]["fields"] == {"StageName": "Proposal"}
        assert commit.revision.digest == stored(proposal).digest != proposal.digest

    def test_leaves_what_the_agent_asked_for_as_it_was(self, record):
        workflow()
        proposal = asked()
        alter(proposal, STAGE)

        first = Revision.objects.get(proposal=proposal, number=1)
        assert (first.digest, first.content["changes"][0]["fields"]) == (proposal.digest, BOTH)
        assert first.alteration is None

    def test_keeps_the_base_that_was_on_the_screen(self, crm, record):
        workflow()
        proposal = asked()
        before = Change.objects.get(revision__proposal=proposal)
        crm.edit(record, NextStep="Somebody typed this meanwhile")

        alter(proposal, STAGE)

        after = Change.objects.get(revision=latest(proposal))
        assert (after.base, after.base_modified_at) == (before.base, before.base_modified_at)
        assert (after.record_label, after.parent_key) == (before.record_label, before.parent_key)

    def test_says_what_was_left_out_and_why(self, record):
        workflow()
        proposal = asked()
        alter(proposal, STAGE)

        made = latest(proposal)
        assert (made.cause, made.author_id) == ("edited", "ben")
        assert made.alteration["reason"] == {"code": "wrong_value", "text": "The buyer said so."}
        [gone] = made.alteration["left_out"]
        assert (gone["fields"], gone["whole"]) == (["NextStep"], False)
        assert stored(proposal).outcome_code == "approved_in_part"
        assert "Opportunity.NextStep" in stored(proposal).outcome_text

    def test_is_told_by_the_ledger_in_order(self, record):
        workflow()
        proposal = asked()
        alter(proposal, STAGE)

        told = events(proposal)
        since = told.index("proposal.revised")
        assert told[since : since + 5] == [
            "proposal.revised",
            "proposal.prepared",
            "review.opened",
            "review.voted",
            "proposal.approved",
        ]

    def test_does_not_bar_whoever_picked_it(self, record):
        workflow(quorum="1")
        proposal = asked()
        alter(proposal, STAGE)

        assert "ben" not in stored(proposal).barred

    def test_of_several_records_is_a_smaller_unit(self, crm, record):
        workflow()
        other = crm.add("Opportunity", "006000000000002AAA", Name="Two", StageName="Prospecting")
        proposal = create_proposal(
            draft=create_draft(
                changes=[
                    DraftChange(
                        operation="update",
                        object_name="Opportunity",
                        record_id=key.record_id,
                        fields={"StageName": "Proposal"},
                    )
                    for key in (record, other)
                ]
            )
        )

        alter(proposal, wish(None, {"StageName": "Proposal"}))

        [left] = latest(proposal).content["changes"]
        assert left["id"] == other.record_id
        assert stored(proposal).headline["label"] == "Two"

    def test_needs_a_reason(self, record):
        workflow()
        proposal = asked()

        with pytest.raises(ReasonNeeded):
            alter(proposal, wish({"StageName": "Proposal"}, reason=""))

        assert stored(proposal).revision_number == 1

    def test_of_what_is_for_people_alone_needs_a_sentence(self, record):
        create_workflow()
        fields = {"Amount": 21000.0, "CloseDate": "2026-12-20"}
        proposal = create_proposal(draft=create_draft(action="change_amount", fields=fields))

        with pytest.raises(TextNeeded):
            alter(proposal, wish({"Amount": 21000.0}, text=""), "cleo")

    def test_is_refused_where_the_action_is_whole_or_nothing(self, record):
        workflow(parts="off")

        with pytest.raises(NotAlterable):
            alter(asked(), STAGE)

    def test_waits_for_somebody_else_where_the_action_says_so(self, record):
        workflow(parts="second")
        proposal = asked()

        assert not alter(proposal, STAGE).counted

        assert stored(proposal).state == "in_review"
        with pytest.raises(OwnProposal):
            decide(stored(proposal), "ben", at=SOON)

    def test_counts_once_where_two_have_to_agree(self, record):
        workflow(quorum="2", with_bea=True)
        proposal = asked()
        decide(proposal, "bea")

        assert alter(proposal, STAGE).counted

        # What bea approved was more than this: her vote stays with it.
        assert stored(proposal).state == "in_review"
        assert Decision.objects.filter(revision=latest(proposal)).count() == 1
        assert decide(stored(proposal), "bea").state == "approved"

    def test_needs_all_of_the_role_it_was_handed_to_and_no_more(self, record):
        workflow(quorum="all", with_bea=True)
        proposal = asked()
        decisions.reassign(
            proposal_id=proposal.pk,
            person=get_user("ben"),
            to_role=Role.objects.get(slug="ae-manager"),
            to_person=None,
            reason="They know the buyer.",
            at=SOON,
        )

        assert alter(proposal, STAGE, "cleo").counted

        assert Review.objects.get(revision=latest(proposal)).quorum == 1
        assert stored(proposal).state == "approved"

    def test_of_a_later_stage_goes_back_to_the_first(self, crm, record):
        workflow()
        proposal = asked(Amount=26000, NextStep="Call them")
        decide(proposal, "ben")

        done = alter(stored(proposal), wish({"Amount": 26000}), "cleo")

        assert not done.counted
        assert Review.objects.get(proposal=proposal, state="open").role.slug == "deal-desk"
        decide(stored(proposal), "ben")
        assert decide(stored(proposal), "cleo").state == "approved"

    def test_counts_for_whom_it_was_handed_to(self, record):
        workflow()
        proposal = asked()
        decisions.reassign(
            proposal_id=proposal.pk,
            person=get_user("ben"),
            to_role=None,
            to_person=get_user("cleo"),
            reason="She knows them.",
            at=SOON,
        )

        assert alter(proposal, STAGE, "cleo").proposal.state == "approved"

    def test_drops_a_stage_that_only_the_left_out_field_needed(self, record):
        workflow()
        proposal = asked(Amount=26000, NextStep="Call them")
        assert Review.objects.filter(proposal=proposal).count() == 2

        assert alter(proposal, wish({"NextStep": "Call them"})).proposal.state == "approved"
