"""A delegate decides in the place of who is away: under their own name, and no more than that."""

import pytest
from django.db import IntegrityError, transaction

from approvals import decisions, permissions
from approvals.desk import Desk
from approvals.inbox import Tab, counts, page
from approvals.models import Decision, Review
from approvals.narration import steps
from approvals.permissions import OwnProposal
from audit import queries as ledger
from audit.models import Entry
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people import absences
from orchestrator.people import operations as people
from orchestrator.people.models import Role
from orchestrator.people.permissions import may_administer
from orchestrator.people.rights import Right
from tests.approvals.away import leave
from tests.approvals.deciding import SOON, account_draft, decide
from tests.factories import (
    AT,
    SETUP,
    create_proposal,
    create_role,
    create_user,
    create_workflow,
    get_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]


def mine(person, at=SOON):
    desk = Desk(get_user(person), at)
    rows = page(desk=desk, tab=Tab.MINE).rows
    assert counts(desk=desk, at=at).mine == len(rows)
    return [row.proposal.pk for row in rows]


class TestDecide:
    def test_is_open_to_the_delegate_under_their_own_name(self, proposal):
        absence = leave("ben", "eve")

        assert decide(proposal, "eve").state == "approved"

        vote = Decision.objects.get()
        assert (vote.person.username, vote.on_behalf_of.username) == ("eve", "ben")
        assert vote.on_behalf_until == absence.ends_at
        entry = Entry.objects.get(event="review.voted")
        assert (entry.actor_id, entry.detail["on_behalf_of"]) == ("eve", "ben")

    def test_is_told_with_both_names(self, proposal):
        leave("ben", "eve")
        decide(proposal, "eve")

        told = [step.words for step in steps(ledger.timeline(proposal.pk))]

        assert "approved for Ben (out of office until 23 Nov 2026, 10:00 UTC)" in told

    def test_is_closed_to_the_delegate_outside_the_time(self, proposal):
        leave("ben", "eve", starts=0.5)

        with pytest.raises(NotAllowed):
            decide(proposal, "eve", at=SOON)

    def test_is_closed_to_the_delegate_once_the_absence_is_called_off(self, proposal):
        absences.end_absence(absence=leave("ben", "eve"), by=get_user("ben"), at=AT)

        with pytest.raises(NotAllowed):
            decide(proposal, "eve")

    def test_is_open_along_a_chain_of_delegates(self, proposal):
        leave("ben", "cleo")
        leave("cleo", "eve")

        with pytest.raises(NotAllowed):
            decide(proposal, create_user(username="fay"))
        decide(proposal, "eve")

        assert Decision.objects.get().on_behalf_of.username == "ben"

    def test_counts_a_member_who_stands_in_for_another_in_their_own_right(self, proposal):
        create_role(slug="deal-desk", members=[get_user("bea")])
        leave("ben", "bea")

        decide(proposal, "bea")

        assert Decision.objects.get().on_behalf_of is None

    def test_stays_open_to_whoever_looks_in_from_a_holiday(self, proposal):
        leave("ben", "eve")

        decide(proposal, "ben")

        assert Decision.objects.get().on_behalf_of is None

    def test_is_closed_to_a_delegate_who_asked_for_it(self, proposal):
        leave("ben", "ada")

        with pytest.raises(OwnProposal):
            decide(proposal, "ada")

    def test_is_closed_on_behalf_of_somebody_who_asked_for_it(self, proposal):
        proposal.amend(barred=[*proposal.barred, "ben"])
        leave("ben", "eve")

        with pytest.raises(OwnProposal) as refusal:
            decide(proposal, "eve")

        assert "You stand in for Ben" in refusal.value.detail

    def test_lends_no_right_that_the_absent_person_lacks(self, proposal):
        people.take_right(
            role=Role.objects.get(slug="deal-desk"),
            workflow=proposal.workflow,
            right=Right.DECIDE,
            reason="Moved on.",
            by=SETUP,
            at=AT,
        )
        leave("ben", "eve")

        with pytest.raises(NotAllowed):
            decide(proposal, "eve")

    def test_lends_nothing_but_deciding(self, proposal):
        people.grant_right(
            role=Role.objects.get(slug="deal-desk"),
            workflow=proposal.workflow,
            right=Right.ADMINISTER,
            by=SETUP,
            at=AT,
        )
        leave("ben", "eve")

        assert permissions.may_see(get_user("eve"), proposal, at=SOON)
        assert not may_administer(get_user("eve"), proposal.workflow)

    def test_is_open_where_a_review_was_handed_to_who_is_away(self, proposal):
        create_role(slug="deal-desk", members=[get_user("bea")])
        decisions.reassign(
            proposal_id=proposal.pk, person=get_user("ben"), to_role=None,
            to_person=get_user("cleo"), reason="You know them.", at=AT,
        )  # fmt: skip
        leave("cleo", "eve")

        assert mine("eve") == [proposal.pk]
        decide(proposal, "eve")

        assert Decision.objects.get().on_behalf_of.username == "cleo"


class TestPlaces:
    """The quorum counts places: a place is filled once, by its member or by who stands in."""

    @pytest.fixture
    def by_all(self, crm, account):
        create_workflow()
        create_role(slug="deal-desk", members=[get_user("bea")])

        def route():
            return create_proposal(draft=account_draft())

        return route

    def test_of_members_away_are_filled_by_their_delegates(self, by_all):
        leave("bea", "eve")
        proposal = by_all()

        assert Review.objects.get().quorum == 2
        assert decide(proposal, "ben").state == "in_review"
        assert decide(proposal, "eve").state == "approved"

    def test_are_one_for_a_person_who_could_fill_two(self, by_all):
        leave("bea", "ben")
        proposal = by_all()

        assert Review.objects.get().quorum == 1
        assert decide(proposal, "ben").state == "approved"

    def test_are_one_for_a_delegate_of_everybody(self, by_all):
        leave("bea", "eve")
        leave("ben", "eve")
        proposal = by_all()

        assert Review.objects.get().quorum == 1
        assert decide(proposal, "eve").state == "approved"
        assert Decision.objects.get().on_behalf_of.username in ("ben", "bea")

    def test_are_left_out_where_nobody_stands_in(self, by_all):
        leave("bea")
        by_all()

        assert Review.objects.get().quorum == 1

    def test_are_not_filled_again_by_the_member_who_returns(self, by_all):
        absence = leave("bea", "eve")
        proposal = by_all()
        decide(proposal, "eve")
        absences.end_absence(absence=absence, by=get_user("bea"), at=AT)

        with pytest.raises(decisions.AlreadyVoted) as refusal:
            decide(proposal, "bea")

        assert "in your place" in refusal.value.detail

    def test_are_not_filled_again_by_the_delegate(self, by_all):
        proposal = by_all()
        decide(proposal, "bea")
        leave("bea", "eve", at=SOON)

        with pytest.raises(decisions.AlreadyVoted) as refusal:
            decide(proposal, "eve")

        assert "Bea has voted" in refusal.value.detail

    def test_are_kept_apart_by_the_database(self, by_all):
        leave("bea", "eve")
        proposal = by_all()
        decide(proposal, "eve")
        vote = Decision.objects.get()

        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                review=vote.review, revision=vote.revision, person=get_user("bea"),
                vote="approve", digest=vote.digest, at=SOON,
            )  # fmt: skip

    def test_of_one_stage_are_not_filled_in_the_next(self, large):
        create_role(slug="ae-manager", members=[get_user("ben")])
        leave("ben", "eve")
        decide(large, "eve")

        review = Review.objects.get(stage=2)
        assert (review.state, review.quorum) == ("open", 1)
        with pytest.raises(decisions.AlreadyVoted):
            decide(large, "ben")
        assert decide(large, "cleo").state == "approved"
