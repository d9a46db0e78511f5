"""A role's duty is not enough: the right to decide in the workflow is asked for at every vote."""

import datetime as dt

import pytest

from approvals import decisions
from approvals.handover import BadReassignment
from approvals.models import Review
from approvals.permissions import OwnProposal
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people import operations as people
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import role_has_right
from orchestrator.people.rights import Right
from tests.factories import AT, SETUP, create_proposal, create_role, create_user, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]
SOON = AT + dt.timedelta(minutes=5)


@pytest.fixture
def proposal(crm, record):
    return create_proposal()


def approve(proposal, person):
    return decisions.decide(
        proposal_id=proposal.pk,
        person=User.objects.get(username=person),
        vote="approve",
        digest=proposal.digest,
        reason_code="",
        text="",
        at=SOON,
        authenticated_at=SOON,
    )


def reassign(proposal, *, by="ben", role=None, person=None):
    return decisions.reassign(
        proposal_id=proposal.pk,
        person=get_user(by),
        to_role=role,
        to_person=person,
        reason="I am away.",
        at=SOON,
    )


def take_right(proposal, role="deal-desk"):
    people.take_right(
        role=Role.objects.get(slug=role),
        workflow=proposal.workflow,
        right=Right.DECIDE,
        reason="They moved on.",
        by=SETUP,
        at=AT,
    )


class TestDecide:
    def test_refuses_a_member_whose_role_lost_the_right(self, proposal):
        take_right(proposal)

        with pytest.raises(NotAllowed):
            approve(proposal, "ben")

    def test_refuses_an_assignee_who_lost_the_right(self, proposal):
        reassign(proposal, person=get_user("cleo"))
        take_right(proposal, "ae-manager")

        with pytest.raises(NotAllowed):
            approve(proposal, "cleo")

    def test_refuses_whoever_may_only_see_or_administer(self, proposal):
        watchers = create_role(slug="watchers", members=[create_user(username="wanda")])
        for right in (Right.VIEW, Right.ADMINISTER):
            people.grant_right(
                role=watchers, workflow=proposal.workflow, right=right, by=SETUP, at=AT
            )
        Review.objects.update(role=watchers)

        with pytest.raises(NotAllowed):
            approve(proposal, "wanda")

    def test_refuses_a_barred_person_whatever_rights_they_have(self, proposal):
        proposal.amend(barred=[*proposal.barred, "ben"])

        with pytest.raises(OwnProposal):
            approve(proposal, "ben")


class TestReassign:
    def test_refuses_a_role_without_the_right(self, proposal):
        friends = create_role(slug="friends", members=[create_user(username="fred")])

        with pytest.raises(BadReassignment):
            reassign(proposal, role=friends)

    def test_refuses_a_member_of_the_role_once_it_lost_the_right(self, proposal):
        colleague = create_user(username="bea")
        create_role(slug="deal-desk", members=[colleague])
        take_right(proposal)

        with pytest.raises(BadReassignment):
            reassign(proposal, by="dora", person=colleague)


class TestPublish:
    def test_lets_those_decide_who_stand_in_for_a_role_of_the_workflow(self, proposal):
        owners = Role.objects.get(slug="ops-owner")

        assert role_has_right(owners, proposal.workflow, Right.DECIDE)
