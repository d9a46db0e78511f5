"""Who may fill which place, and how many must."""

import pytest

from approvals import decisions
from approvals.models import Decision, Review
from approvals.permissions import OwnProposal
from audit.models import Entry
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people import operations as people
from orchestrator.people.models import Role
from tests.approvals.deciding import SOON, account_draft, decide, deny
from tests.factories import (
    AT,
    SETUP,
    create_proposal,
    create_role,
    create_user,
    create_workflow,
    get_user,
)

pytestmark = pytest.mark.django_db


@pytest.mark.req("A4")
class TestSeparationOfDuties:
    def test_bars_the_agents_owner(self, proposal):
        people.add_member(
            role=Role.objects.get(slug="deal-desk"), person=get_user("ada"), by=SETUP, at=AT
        )

        with pytest.raises(OwnProposal) as refused:
            decide(proposal, "ada")

        assert (refused.value.code, refused.value.status) == ("own_proposal", 403)

    def test_bars_a_superuser_who_owns_the_agent(self, proposal):
        ada = get_user("ada")
        ada.is_superuser = True
        ada.save()

        with pytest.raises(OwnProposal):
            decide(proposal, "ada")

    def test_refuses_a_stranger_and_a_superuser_alike(self, proposal):
        root = create_user(username="root")
        root.is_superuser = True
        root.save()

        for person in (get_user("eve"), get_user("cleo"), root):
            with pytest.raises(NotAllowed):
                decide(proposal, person)

    def test_refuses_a_person_who_may_no_longer_sign_in(self, proposal):
        ben = get_user("ben")
        ben.is_active = False
        ben.save()

        with pytest.raises(NotAllowed):
            decide(proposal, ben)

    def test_lets_the_fallback_decide_when_nobody_is_left_in_the_role(self, proposal):
        ben = get_user("ben")
        ben.is_active = False
        ben.save()

        assert decide(proposal, "dora").state == "approved"

    def test_takes_one_vote_from_a_person_across_stages(self, large):
        people.add_member(
            role=Role.objects.get(slug="ae-manager"), person=get_user("ben"), by=SETUP, at=AT
        )
        decide(large)

        with pytest.raises(decisions.AlreadyVoted):
            decide(large)


@pytest.mark.req("A4")
class TestStages:
    def test_open_one_after_the_other(self, large):
        assert decide(large).state == "in_review"

        first, second = Review.objects.order_by("stage")
        assert (first.state, second.state, second.opened_at) == ("approved", "open", SOON)
        with pytest.raises(NotAllowed):
            decide(large, create_user())
        assert decide(large, "cleo").state == "approved"

    def test_fall_back_when_the_next_role_has_only_people_who_voted(self, large):
        manager = Role.objects.get(slug="ae-manager")
        people.add_member(role=manager, person=get_user("ben"), by=SETUP, at=AT)
        people.remove_member(
            role=manager, person=get_user("cleo"), reason="Moved on.", by=SETUP, at=AT
        )
        decide(large)

        assert Review.objects.get(stage=2).role.slug == "ops-owner"
        fell = Entry.objects.get(event="review.fell_back")
        assert (fell.detail["role"], fell.detail["to_role"]) == ("ae-manager", "ops-owner")
        assert decide(large, "dora").state == "approved"


@pytest.mark.req("A4")
class TestQuorum:
    def test_of_all_waits_for_every_member(self, account):
        create_workflow()
        desk = create_role(slug="deal-desk", members=[create_user(username="bea")])
        proposal = create_proposal(draft=account_draft())

        assert Review.objects.get().quorum == 2
        assert decide(proposal).state == "in_review"
        assert decide(proposal, "bea").state == "approved"
        assert Decision.objects.filter(review__role=desk).count() == 2

    def test_of_all_leaves_out_who_may_not_decide(self, account):
        create_workflow()
        create_role(slug="deal-desk", members=[get_user("ada")])
        proposal = create_proposal(draft=account_draft())

        assert Review.objects.get().quorum == 1
        assert decide(proposal).state == "approved"

    def test_is_ended_by_one_no(self, account):
        create_workflow()
        create_role(slug="deal-desk", members=[create_user(username="bea")])
        proposal = create_proposal(draft=account_draft())
        decide(proposal)

        assert deny(proposal, "bea").state == "denied"
