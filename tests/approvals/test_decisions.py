"""Votes, and what follows from them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import decisions, submission
from approvals.models import Decision, Review
from approvals.signals import proposals_approved
from audit.models import Entry
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.kernel.errors import NotFound
from orchestrator.people import operations as people
from orchestrator.people.models import Role
from tests.approvals.deciding import (
    SOON,
    answer,
    decide,
    deny,
    events,
    send_back,
)
from tests.factories import (
    AT,
    SETUP,
    create_draft,
    create_proposal,
    create_user,
)

pytestmark = pytest.mark.django_db


class TestApprove:
    @pytest.mark.req("A4", "A5")
    def test_approves_and_starts_the_clock_to_execute(self, proposal):
        decided = decide(proposal)

        proposal.refresh_from_db()
        assert decided.state == proposal.state == "approved"
        assert proposal.approved_at == SOON
        assert proposal.execute_by == SOON + dt.timedelta(hours=24)
        assert Review.objects.get().state == "approved"

    def test_sends_the_one_signal_inside_the_transaction(self, proposal):
        seen: list[tuple[str, bool]] = []

        def hear(sender, proposals, at, **rest):
            seen.append((proposals[0].pk, connection.in_atomic_block))

        proposals_approved.connect(hear, weak=False)
        decide(proposal)
        proposals_approved.disconnect(hear)

        assert seen == [(proposal.pk, True)]

    def test_does_not_stand_if_the_outbox_fails(self, proposal):
        def fail(sender, **rest):
            raise RuntimeError("no room")

        proposals_approved.connect(fail, weak=False)
        with pytest.raises(RuntimeError):
            decide(proposal)
        proposals_approved.disconnect(fail)

        proposal.refresh_from_db()
        assert proposal.state == "in_review"
        assert not Decision.objects.exists()

    def test_writes_the_vote_with_what_was_on_the_screen_into_the_ledger(self, proposal):
        decide(proposal, text="Agreed with the customer.")

        voted = Entry.objects.get(event="review.voted")
        assert (voted.actor_id, voted.detail["vote"]) == ("ben", "approve")
        assert voted.detail["digest"] == proposal.digest
        assert voted.detail["seconds"] == 300.0
        assert events(proposal)[-1] == "proposal.approved"

    def test_takes_few_statements(self, proposal):
        with CaptureQueriesContext(connection) as seen:
            decide(proposal)

        assert len(seen) <= 16, [query["sql"][:90] for query in seen]

    def test_needs_words_for_a_human_only_action(self, crm, record):
        proposal = create_proposal(
            draft=create_draft(action="change_amount", fields={"Amount": 21000})
        )

        with pytest.raises(decisions.TextNeeded):
            decide(proposal, "cleo", text="  ")
        assert decide(proposal, "cleo", text="Order form seen.").state == "approved"


class TestDigest:
    @pytest.mark.req("A5")
    def test_refuses_another_content_than_the_one_on_the_screen(self, proposal):
        with pytest.raises(decisions.NotWhatYouSaw) as refused:
            decide(proposal, digest="sha256:" + "0" * 64)

        assert (refused.value.code, refused.value.status) == ("not_what_you_saw", 409)
        assert not Decision.objects.exists()

    @pytest.mark.req("A5")
    def test_refuses_the_old_screen_after_a_new_revision(self, proposal):
        revised = answer(proposal, create_draft(fields={"NextStep": "Write"}))

        with pytest.raises(decisions.NotWhatYouSaw):
            decide(proposal)
        assert decide(revised).state == "approved"

    def test_asks_to_wait_while_a_revision_is_being_prepared(self, proposal):
        by = Actor(ActorKind.AGENT, proposal.requester_id, "")
        draft = create_draft(fields={"NextStep": "Write"})
        submission.submit_revision(proposal=proposal, draft=draft, answer="", by=by, at=SOON)
        proposal.refresh_from_db()

        with pytest.raises(decisions.NotOpen):
            decide(proposal)


class TestSecondDecision:
    @pytest.mark.req("A4")
    def test_is_told_who_was_faster(self, proposal):
        decide(proposal)
        second = create_user(username="bea", full_name="Bea Second")
        people.add_member(role=Role.objects.get(slug="deal-desk"), person=second, by=SETUP, at=AT)

        with pytest.raises(decisions.AlreadyDecided) as refused:
            deny(proposal, second)

        assert refused.value.status == 409
        assert "Ben" in refused.value.detail
        assert "approved" in refused.value.detail

    def test_finds_nothing_to_decide_on_what_nobody_decided(self, crm):
        refused = create_proposal(state="refused")

        with pytest.raises(decisions.NotOpen):
            decide(refused)

    def test_finds_no_proposal_where_there_is_none(self, proposal):
        proposal.pk = "prp_nothing"
        with pytest.raises(NotFound):
            decide(proposal)


class TestDeadline:
    @pytest.mark.req("A5")
    def test_refuses_a_vote_after_it_even_before_the_sweep(self, proposal):
        with pytest.raises(decisions.DeadlinePassed):
            decide(proposal, at=proposal.deadline_at)


class TestDeny:
    def test_closes_the_proposal_with_reason_and_words(self, large):
        deny(large)

        large.refresh_from_db()
        assert (large.state, large.closed_at) == ("denied", SOON)
        assert (large.outcome_code, large.outcome_text) == (
            "wrong_value",
            "The stage is right as it is.",
        )
        assert [each.state for each in Review.objects.order_by("stage")] == ["denied", "closed"]
        assert events(large)[-1] == "proposal.denied"

    def test_needs_words(self, proposal):
        with pytest.raises(decisions.TextNeeded):
            deny(proposal, text=" ")

    def test_needs_a_known_reason(self, proposal):
        with pytest.raises(decisions.ReasonNeeded):
            decide(proposal, vote="deny", code="mood", text="No.")

    @pytest.mark.parametrize("text", ["x" * 5001, "a\x00b"])
    def test_takes_no_text_that_cannot_be_kept(self, proposal, text):
        with pytest.raises(decisions.BadDecision):
            deny(proposal, text=text)


@pytest.mark.req("A4")
class TestSendBack:
    def test_asks_the_agent_a_question(self, large):
        send_back(large)

        large.refresh_from_db()
        assert (large.state, large.send_backs) == ("revision_requested", 1)
        assert large.outcome_text == "Which call do you mean?"
        assert [each.state for each in Review.objects.order_by("stage")] == ["sent_back", "closed"]

    def test_needs_a_question(self, proposal):
        with pytest.raises(decisions.TextNeeded):
            send_back(proposal, text="")

    def test_opens_fresh_reviews_for_the_answer(self, proposal):
        send_back(proposal)
        answered = answer(proposal)

        assert (answered.state, answered.revision_number) == ("in_review", 2)
        assert answered.digest != proposal.digest
        # Asked and answered at once: nothing of the time to decide is gained or lost.
        assert answered.deadline_at == proposal.deadline_at
        assert decide(answered).state == "approved"

    def test_happens_three_times_at_most(self, proposal):
        for _ in range(3):
            send_back(proposal)
            proposal = answer(proposal)

        with pytest.raises(decisions.TooManyQuestions):
            send_back(proposal)
        assert deny(proposal).state == "denied"
