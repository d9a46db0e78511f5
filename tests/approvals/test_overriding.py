"""Deciding in a role's place: seldom, with a reason, and never quietly."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from approvals.mandates import AlreadyVoted
from approvals.models import Decision, Override, Proposal, Review
from approvals.overriding import DecideInstead, RoleCanDecide, SentenceNeeded, override
from approvals.permissions import OwnProposal
from audit.models import Entry
from orchestrator.identity.recent import RecentSignInNeeded
from orchestrator.kernel.errors import NotAllowed
from orchestrator.notifications.models import Notification
from orchestrator.people.models import User
from tests.approvals.deciding import decide
from tests.factories import AT, create_role, create_user, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]
LATE = AT + dt.timedelta(hours=3, minutes=59)
WHY = "The deal desk is at the offsite and the customer signs today."


@pytest.fixture
def overdue(proposal: Proposal) -> Proposal:
    """Return a proposal whose role has let its own time run out, with some left to decide."""
    Review.objects.filter(proposal=proposal, state="open").update(due_at=AT)
    return proposal


def step_in(
    proposal: Proposal,
    person: User | str = "dora",
    *,
    vote: str = "approve",
    reason: str = WHY,
    at: dt.datetime = LATE,
    signed_in: dt.datetime | None = LATE,
) -> bool:
    """Override the open stage, and say whether that settled it."""
    return override(
        proposal_id=proposal.pk,
        person=get_user(person) if isinstance(person, str) else person,
        vote=vote,
        digest=Proposal.objects.get(pk=proposal.pk).digest,
        reason=reason,
        at=at,
        authenticated_at=signed_in,
    ).settled


def second_owner() -> User:
    """Return another person who runs the workflow."""
    person = create_user(username="omar")
    create_role(slug="ops-owner", members=[person])
    return person


class TestOverride:
    def test_approves_in_the_place_of_a_role_that_ran_out_of_time(self, overdue):
        assert step_in(overdue)

        assert Proposal.objects.get(pk=overdue.pk).state == "approved"
        assert Decision.objects.get().overrides
        given = Override.objects.get()
        assert (given.because, given.missing, given.reason) == ("overdue", 1, WHY)

    def test_denies_as_well(self, overdue):
        assert step_in(overdue, vote="deny")

        assert Proposal.objects.get(pk=overdue.pk).outcome_text == WHY
        assert Proposal.objects.get(pk=overdue.pk).state == "denied"

    def test_stands_in_the_ledger_and_is_told_to_the_role_at_once(self, overdue):
        step_in(overdue)

        entry = Entry.objects.get(event="review.overridden")
        assert (entry.actor_id, entry.detail["role"]) == ("dora", "deal-desk")
        told = Notification.objects.filter(event="review.overridden")
        assert "ben" in told.values_list("person__username", flat=True)
        assert "dora" not in told.values_list("person__username", flat=True)

    def test_settles_one_stage_and_leaves_the_next_to_its_role(self, large):
        Review.objects.filter(proposal=large, state="open").update(due_at=AT)
        step_in(large)

        assert Proposal.objects.get(pk=large.pk).state == "in_review"
        assert Review.objects.get(proposal=large, state="open").role.slug == "ae-manager"

    def test_cannot_go_on_to_the_next_stage_by_the_same_person(self, large):
        Review.objects.filter(proposal=large, state="open").update(due_at=AT)
        step_in(large)
        Review.objects.filter(proposal=large, state="open").update(due_at=AT)

        with pytest.raises(AlreadyVoted):
            step_in(large)

    def test_casts_no_second_vote_of_somebody_who_was_given_the_stage_since(self, overdue):
        Proposal.objects.filter(pk=overdue.pk).update(risk="high")
        assert not step_in(overdue)
        Review.objects.filter(proposal=overdue).update(assignee=get_user("dora"), quorum=2)
        decide(overdue, "dora", at=LATE)

        assert step_in(overdue, second_owner())

        assert Proposal.objects.get(pk=overdue.pk).state == "approved"
        cast = Decision.objects.order_by("person__username")
        assert list(cast.values_list("person__username", "overrides")) == [
            ("dora", False),
            ("omar", True),
        ]

    def test_takes_two_people_to_approve_at_high_risk(self, overdue):
        Proposal.objects.filter(pk=overdue.pk).update(risk="high")

        assert not step_in(overdue)
        assert Proposal.objects.get(pk=overdue.pk).state == "in_review"
        assert not Decision.objects.exists()
        with pytest.raises(AlreadyVoted):
            step_in(overdue)
        assert step_in(overdue, second_owner())

        assert Proposal.objects.get(pk=overdue.pk).state == "approved"
        assert Decision.objects.filter(overrides=True).count() == 2

    def test_takes_one_to_deny_at_high_risk(self, overdue):
        Proposal.objects.filter(pk=overdue.pk).update(risk="high")

        assert step_in(overdue, vote="deny")


class TestRefuses:
    def test_while_the_role_can_still_decide(self, proposal):
        with pytest.raises(RoleCanDecide, match="hand it on, or wait"):
            step_in(proposal, at=AT, signed_in=AT)

    def test_whoever_asked_for_it(self, overdue):
        Proposal.objects.filter(pk=overdue.pk).update(barred=["dora"])

        with pytest.raises(OwnProposal):
            step_in(overdue)

    def test_whoever_does_not_run_the_workflow(self, overdue):
        with pytest.raises(NotAllowed):
            step_in(overdue, "cleo")

    def test_whoever_may_decide_it_as_one_of_the_role(self, overdue):
        create_role(slug="deal-desk", members=[get_user("dora")])

        with pytest.raises(DecideInstead):
            step_in(overdue)

    @pytest.mark.parametrize("reason", ["", "Urgent.", "x" * 40])
    def test_less_than_a_sentence(self, overdue, reason):
        with pytest.raises(SentenceNeeded):
            step_in(overdue, reason=reason)

    def test_a_question(self, overdue):
        with pytest.raises(SentenceNeeded):
            step_in(overdue, vote="send_back")

    @pytest.mark.parametrize("signed_in", [None, AT])
    def test_somebody_who_signed_in_too_long_ago(self, overdue, signed_in):
        with pytest.raises(RecentSignInNeeded):
            step_in(overdue, signed_in=signed_in)

    def test_a_change_of_what_was_said(self, overdue):
        step_in(overdue)

        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            Override.objects.update(reason="Because.")
        with pytest.raises(IntegrityError), transaction.atomic():
            Override.objects.create(
                proposal=overdue,
                revision=Override.objects.get().revision,
                review=Override.objects.get().review,
                workflow=overdue.workflow,
                person=get_user("cleo"),
                vote="approve",
                digest=overdue.digest,
                reason=WHY,
                because="overdue",
                missing=1,
                settles=True,
                at=LATE,
            )
