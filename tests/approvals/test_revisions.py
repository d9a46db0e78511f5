"""New revisions, and proposals taken back."""

import datetime as dt

import pytest

from approvals import submission
from approvals.models import Change, Proposal, Review, Revision
from approvals.problems import InvalidProposal
from audit.models import Entry
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.kernel.errors import NotAllowed
from tests.factories import AT, create_draft, create_proposal, get_user

pytestmark = pytest.mark.django_db
SOON = AT + dt.timedelta(minutes=5)
OTHER = {"NextStep": "Write an e-mail"}


def requester_of(proposal):
    return Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label)


def revise(proposal, *, by=None, answer="", at=SOON, **changes):
    return submission.submit_revision(
        proposal=proposal,
        draft=create_draft(**{"fields": OTHER, **changes}),
        answer=answer,
        by=by or requester_of(proposal),
        at=at,
    )


def withdraw(proposal, *, by=None, reason="Wrong deal."):
    return submission.withdraw(
        proposal=proposal, reason=reason, by=by or requester_of(proposal), at=SOON
    )


class TestSubmitRevision:
    @pytest.mark.req("A5")
    def test_replaces_what_people_decide_on(self, crm, record):
        proposal = create_proposal()

        revise(proposal)

        current = Proposal.objects.get()
        assert (current.revision_number, current.state) == (2, "in_review")
        assert current.digest != proposal.digest
        assert current.prepare_at == SOON
        assert Change.objects.get(revision__number=2).fields == OTHER
        assert Revision.objects.get(number=2).cause == "corrected"

    def test_closes_the_reviews_of_the_old_one(self, crm, record):
        proposal = create_proposal()
        revise(proposal)

        assert [review.state for review in Review.objects.all()] == ["closed"]

    def test_answers_a_question_and_gives_people_their_time_again(self, crm, record):
        proposal = create_proposal(state="revision_requested")
        revise(proposal, answer="The call of Monday.")

        current = Proposal.objects.get()
        revision = Revision.objects.get(number=2)
        assert (current.state, current.deadline_at) == ("in_review", SOON + dt.timedelta(hours=4))
        assert (revision.cause, revision.content["answer"]) == ("answered", "The call of Monday.")
        assert Entry.objects.get(event="proposal.revised").detail["answer"] == "The call of Monday."

    def test_may_repeat_the_content_when_it_answers(self, crm, record):
        proposal = create_proposal(state="revision_requested")

        taken = revise(proposal, answer="It is right.", fields={"StageName": "Qualification"})

        assert not taken.replay
        assert Proposal.objects.get().revision_number == 2

    def test_must_answer_the_question(self, crm, record):
        proposal = create_proposal(state="revision_requested")

        with pytest.raises(InvalidProposal) as refused:
            revise(proposal, answer=" ")

        assert refused.value.code == "answer_missing"

    def test_buys_no_time_with_a_correction(self, crm, record):
        proposal = create_proposal()
        revise(proposal)

        assert Proposal.objects.get().deadline_at == proposal.deadline_at

    def test_takes_the_same_content_twice_as_one(self, crm, record):
        proposal = create_proposal()
        revise(proposal)

        assert revise(proposal).replay
        assert Revision.objects.count() == 2

    def test_keeps_workflow_and_action(self, crm, record):
        proposal = create_proposal()

        with pytest.raises(InvalidProposal) as refused:
            revise(proposal, action="change_amount", fields={"Amount": 21000})

        assert refused.value.code == "workflow_changed"

    def test_is_checked_like_a_submission(self, crm, record):
        proposal = create_proposal()

        with pytest.raises(InvalidProposal) as refused:
            revise(proposal, reason_code="mood")

        assert refused.value.code == "reason_not_listed"
        assert Revision.objects.count() == 1

    @pytest.mark.parametrize("text", ["x" * 5001, "a\x00b"])
    def test_takes_no_answer_that_cannot_be_kept(self, crm, record, text):
        proposal = create_proposal(state="revision_requested")

        with pytest.raises(InvalidProposal):
            revise(proposal, answer=text)

    @pytest.mark.parametrize("state", ["approved", "denied", "withdrawn", "expired"])
    def test_comes_too_late_once_it_is_decided(self, crm, record, state):
        proposal = create_proposal(state=state)

        with pytest.raises(submission.NotRevisable) as refused:
            revise(proposal)

        assert refused.value.status == 409
        assert state in refused.value.detail

    def test_comes_too_late_after_the_deadline_even_before_the_sweep(self, crm, record):
        proposal = create_proposal()

        with pytest.raises(submission.NotRevisable):
            revise(proposal, at=proposal.deadline_at + dt.timedelta(seconds=1))

    def test_is_for_the_requester_alone(self, crm, record):
        proposal = create_proposal()

        for stranger in (Actor(ActorKind.AGENT, "agt_other", "Other"), get_user("ben").actor):
            with pytest.raises(NotAllowed):
                revise(proposal, by=stranger)

    def test_bars_a_person_who_edits_from_deciding(self, crm, record):
        proposal = create_proposal()
        Proposal.objects.update(barred=["ada", "bea"])
        revise(proposal, by=get_user("bea").actor)

        assert Proposal.objects.get().barred == ["ada", "bea"]


class TestWithdraw:
    @pytest.mark.req("A4")
    @pytest.mark.parametrize("state", ["received", "in_review", "revision_requested", "approved"])
    def test_takes_it_back_before_it_is_written(self, crm, record, state):
        proposal = create_proposal(state=state)
        withdraw(proposal)

        current = Proposal.objects.get()
        assert (current.state, current.closed_at, current.prepare_at) == ("withdrawn", SOON, None)
        assert not Review.objects.filter(state__in=["open", "waiting"]).exists()
        entry = Entry.objects.get(event="proposal.withdrawn")
        assert entry.detail == {"reason": "Wrong deal."}

    @pytest.mark.parametrize("state", ["denied", "expired", "withdrawn"])
    def test_leaves_nothing_to_take_back_once_closed(self, crm, record, state):
        proposal = create_proposal(state=state)

        with pytest.raises(submission.NotWithdrawable):
            withdraw(proposal)

    def test_comes_too_late_while_it_is_being_written(self, crm, record):
        proposal = create_proposal(state="approved")
        Proposal.objects.update(state="committing")

        with pytest.raises(submission.NotWithdrawable):
            withdraw(proposal)

    def test_is_for_the_requester_and_whoever_answers_for_it(self, crm, record):
        proposal = create_proposal()

        with pytest.raises(NotAllowed):
            withdraw(proposal, by=get_user("ben").actor)
        assert withdraw(proposal, by=get_user("ada").actor).state == "withdrawn"

    def test_takes_no_reason_that_cannot_be_kept(self, crm, record):
        proposal = create_proposal()

        with pytest.raises(InvalidProposal):
            withdraw(proposal, reason="a\x00b")
