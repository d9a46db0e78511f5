"""Approving a part of a proposal, or edits in it."""

import datetime as dt

import pytest

from approvals import decisions, outcomes
from approvals.acceptability import NotAcceptable
from approvals.alteration_terms import NotAlterable
from approvals.ballots import ReasonNeeded, TextNeeded
from approvals.content import DraftChange
from approvals.decisions import NotWhatYouChecked
from approvals.mandates import AlreadyVoted
from approvals.models import Change, Decision, Proposal, Review, Revision
from approvals.opening import AlreadyDecided, DeadlinePassed, NotWhatYouSaw
from approvals.permissions import OwnProposal
from approvals.problems import InvalidProposal, NotGranted
from approvals.submission import NotRevisable
from orchestrator.agents.models import Grant
from orchestrator.commits.models import Commit
from orchestrator.identity.recent import RecentSignInNeeded
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people import operations as people
from tests.approvals.altering_scene import BOTH, SOON, alter, asked, checked, wish, workflow
from tests.approvals.deciding import answer, decide, events
from tests.factories import (
    AT,
    SETUP,
    create_draft,
    create_proposal,
    create_role,
    create_workflow,
    get_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "A5")]
STAGE = wish({"StageName": "Proposal"})
LOWER = wish({"StageName": "Qualification", "NextStep": "Call them"})


def stored(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def latest(proposal):
    return Revision.objects.filter(proposal=proposal).latest("number")


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


class TestGuards:
    def test_let_nobody_alter_their_own(self, record):
        workflow()
        proposal = asked()
        people.add_member(
            role=create_role(slug="deal-desk"), person=get_user("ada"), by=SETUP, at=AT
        )

        with pytest.raises(OwnProposal):
            alter(proposal, STAGE, "ada")

    def test_let_no_stranger_alter_it(self, record):
        workflow()

        with pytest.raises(NotAllowed):
            alter(asked(), STAGE, "eve")

    def test_let_nobody_alter_after_they_voted(self, record):
        workflow(quorum="2", with_bea=True)
        proposal = asked()
        decide(proposal, "ben")

        with pytest.raises(AlreadyVoted):
            alter(proposal, STAGE)

    def test_refuse_another_revision_than_was_on_the_screen(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, STAGE)
        answer(proposal, create_draft(fields={**BOTH, "NextStep": "Write"}))

        with pytest.raises(NotWhatYouSaw):
            alter(proposal, STAGE, seen=seen)

    def test_refuse_another_result_than_was_shown(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, STAGE)

        with pytest.raises(NotWhatYouChecked):
            alter(proposal, wish({"NextStep": "Call them"}), seen=seen)

        assert stored(proposal).revision_number == 1

    def test_find_the_same_request_done(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, STAGE)

        first = alter(proposal, STAGE, seen=seen)
        again = alter(proposal, STAGE, seen=seen)

        assert again.counted == first.counted is True
        assert Revision.objects.filter(proposal=proposal).count() == 2
        assert Decision.objects.count() == Commit.objects.count() == 1

    def test_refuse_what_was_decided(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, STAGE)
        decide(proposal, "ben")

        with pytest.raises(AlreadyDecided):
            alter(proposal, STAGE, "dora", seen=seen)

    def test_refuse_what_came_too_late(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, STAGE)

        with pytest.raises(DeadlinePassed):
            alter(proposal, STAGE, seen=seen, at=proposal.deadline_at)

    def test_ask_for_a_recent_sign_in_where_the_risk_is_high(self, record):
        create_workflow()
        proposal = create_proposal(
            draft=create_draft(
                action="change_amount", fields={"Amount": 21000.0, "CloseDate": "2026-12-20"}
            )
        )
        wanted = wish({"Amount": 21000.0})
        seen = checked(proposal, wanted)

        with pytest.raises(RecentSignInNeeded):
            decisions.approve_altered(
                proposal_id=proposal.pk,
                person=get_user("cleo"),
                digest=proposal.digest,
                wish=wanted,
                checked=seen,
                at=SOON,
                authenticated_at=SOON - dt.timedelta(hours=1),
            )

        assert stored(proposal).revision_number == 1

    def test_leave_what_a_person_asked_for_whole(self, record):
        workflow()
        proposal = asked()
        Proposal.objects.filter(pk=proposal.pk).update(agent=None)

        with pytest.raises(NotAlterable):
            alter(proposal, STAGE, seen="sha256:none")
