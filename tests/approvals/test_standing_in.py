"""Where a delegate finds what waits, who decides at last, and handing on to somebody away."""

import datetime as dt

import pytest

from approvals import decisions
from approvals.desk import Desk
from approvals.detail import detail
from approvals.eligibility import Chosen, preflight
from approvals.inbox import Tab, counts, page
from approvals.models import Decision, Review
from approvals.permissions import OwnProposal
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people.models import User
from tests.approvals.away import leave
from tests.approvals.deciding import SOON, account_draft, decide
from tests.factories import (
    AT,
    create_proposal,
    create_role,
    create_workflow,
    get_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]


def mine(person, at=SOON):
    desk = Desk(get_user(person), at)
    rows = page(desk=desk, tab=Tab.MINE).rows
    assert counts(desk=desk, at=at).mine == len(rows)
    return [row.proposal.pk for row in rows]


class TestInbox:
    def test_of_the_delegate_holds_what_waits_for_who_is_away(self, proposal):
        leave("ben", "eve", days=1)

        assert mine("eve") == [proposal.pk]
        assert mine("eve", at=AT + dt.timedelta(days=1)) == []

    def test_leaves_out_what_the_absent_person_may_not_decide(self, proposal):
        proposal.amend(barred=[*proposal.barred, "ben"])
        leave("ben", "eve")

        assert mine("eve") == []

    def test_leaves_out_places_that_are_filled(self, crm, account):
        create_workflow()
        create_role(slug="deal-desk", members=[get_user("bea"), get_user("bob")])
        leave("bea", "eve")
        proposal = create_proposal(draft=account_draft())
        assert mine("eve") == [proposal.pk]

        decide(proposal, "bea")

        assert mine("eve") == []

    def test_shows_what_asks_a_wider_role_once(self, proposal):
        lead = create_role(slug="sales-lead", members=[get_user("ben"), get_user("eve")])
        Review.objects.update(widened_to=lead)

        assert mine("ben") == mine("eve") == [proposal.pk]

    def test_agrees_with_what_can_be_decided_at_once(self, proposal):
        leave("ben", "eve")

        def judged(person):
            (line,) = preflight(
                person=get_user(person),
                chosen=[Chosen(proposal.pk, proposal.digest)],
                vote="approve",
                text="",
                at=SOON,
            )
            return line.objection.code if line.objection else ""

        assert [judged(person) for person in ("eve", "ben", "ada")] == ["", "", "own_proposal"]
        proposal.amend(barred=[*proposal.barred, "ben"])
        assert judged("eve") == "own_proposal"

    def test_says_on_the_review_page_in_whose_place(self, proposal):
        leave("ben", "eve")

        found = detail(proposal_id=proposal.pk, person=get_user("eve"), at=SOON)

        assert found.may_decide
        assert found.mandate.stands_for.name == "Ben"


class TestLastResort:
    def test_are_staff_where_nobody_else_can_be_reached(self, proposal):
        User.objects.filter(pk=get_user("eve").pk).update(is_staff=True)
        leave("ben")
        leave("dora")

        assert mine("eve") == [proposal.pk]
        decide(proposal, "eve")

        assert Decision.objects.get().person.username == "eve"

    def test_are_not_staff_while_somebody_is_there(self, proposal):
        User.objects.filter(pk=get_user("eve").pk).update(is_staff=True)

        with pytest.raises(NotAllowed):
            decide(proposal, "eve")

    def test_are_not_staff_who_asked_for_it(self, proposal):
        User.objects.filter(pk=get_user("ada").pk).update(is_staff=True)
        leave("ben")
        leave("dora")

        with pytest.raises(OwnProposal):
            decide(proposal, "ada")


class TestReassign:
    def hand(self, proposal, person):
        return decisions.reassign(
            proposal_id=proposal.pk, person=get_user("ben"), to_role=None,
            to_person=get_user(person), reason="I know them.", at=SOON,
        )  # fmt: skip

    def test_offers_the_delegate_of_who_is_away(self, proposal):
        create_role(slug="ae-manager", members=[get_user("cal")])
        leave("cleo", "cal")

        with pytest.raises(decisions.BadReassignment) as refusal:
            self.hand(proposal, "cleo")

        assert refusal.value.code == "person_away"
        assert refusal.value.extra == {"delegate": "cal"}
        assert "Cal stands in" in refusal.value.detail

    def test_refuses_who_is_away_without_a_delegate(self, proposal):
        leave("cleo")

        with pytest.raises(decisions.BadReassignment) as refusal:
            self.hand(proposal, "cleo")

        assert "nobody stands in" in refusal.value.detail

    def test_lets_a_delegate_decide_who_could_not_take_it_themselves(self, proposal):
        leave("cleo", "eve")

        self.hand(proposal, "cleo")
        decide(proposal, "eve")

        assert Decision.objects.get().on_behalf_of.username == "cleo"

    def test_refuses_a_place_whose_delegate_asked_for_it(self, proposal):
        leave("cleo", "ada")

        with pytest.raises(decisions.BadReassignment):
            self.hand(proposal, "cleo")
