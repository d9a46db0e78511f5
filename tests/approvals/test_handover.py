"""Handing a review on."""

import datetime as dt

import pytest

from approvals import decisions
from approvals.content import DraftChange
from approvals.models import Review
from approvals.permissions import OwnProposal
from audit.models import Entry
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people.models import Role, User
from tests.factories import (
    AT,
    create_draft,
    create_proposal,
    create_role,
    create_user,
    create_workflow,
    get_user,
)
from tests.paging.scene import a_subject, history, open_page

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]
SOON = AT + dt.timedelta(minutes=5)


@pytest.fixture
def proposal(crm, record):
    return create_proposal()


def reassign(proposal, *, by="ben", role="", person="", reason="I know them.", at=SOON):
    return decisions.reassign(
        proposal_id=proposal.pk,
        person=get_user(by),
        to_role=Role.objects.get(slug=role) if role else None,
        to_person=get_user(person) if person else None,
        reason=reason,
        at=at,
    )


def approve(proposal, person):
    return decisions.decide(
        proposal_id=proposal.pk,
        person=get_user(person),
        vote="approve",
        digest=proposal.digest,
        reason_code="",
        text="",
        at=SOON,
        authenticated_at=SOON,
    )


class TestReassign:
    def test_moves_the_review_to_another_role(self, proposal):
        reassign(proposal, role="ae-manager")

        assert Review.objects.get().role.slug == "ae-manager"
        with pytest.raises(NotAllowed):
            approve(proposal, "ben")
        assert approve(proposal, "cleo").state == "approved"

    def test_moves_the_review_to_one_person_with_the_right(self, proposal):
        reassign(proposal, person="cleo")

        review = Review.objects.get()
        assert (review.role.slug, review.assignee.username) == ("deal-desk", "cleo")
        assert approve(proposal, "cleo").state == "approved"

    def test_leaves_the_role_able_to_decide_what_one_person_was_given(self, proposal):
        reassign(proposal, person="cleo")

        assert approve(proposal, "ben").state == "approved"

    def test_takes_the_page_about_it_along(self, proposal):
        page = open_page(
            subject=a_subject(id=proposal.pk), role=Role.objects.get(slug="deal-desk"), at=AT
        )
        assert history(page) == [("ben", "calling")]

        reassign(proposal, role="ae-manager")

        assert history(page) == [("ben", "relieved"), ("cleo", "calling")]
        reassign(proposal, by="cleo", person="dora")
        assert history(page)[1:] == [("cleo", "relieved"), ("dora", "calling")]

    def test_forgets_the_backups_of_the_role_that_is_left_and_of_no_other(self, proposal):
        backups = create_role(slug="backups", members=[get_user("dora")])
        Review.objects.update(widened_to=backups)

        reassign(proposal, role="deal-desk")
        assert Review.objects.get().widened_to == backups
        reassign(proposal, role="ae-manager")
        assert Review.objects.get().widened_to is None

    def test_says_so_in_the_ledger(self, proposal):
        reassign(proposal, role="ae-manager")

        entry = Entry.objects.get(event="review.reassigned")
        assert entry.actor_id == "ben"
        assert entry.detail == {
            "stage": 1,
            "reason": "I know them.",
            "from_role": "deal-desk",
            "to_role": "ae-manager",
            "to_person": "",
        }

    def test_is_open_to_those_who_run_the_workflow(self, proposal):
        reassign(proposal, by="dora", role="ae-manager")

        assert Review.objects.get().role.slug == "ae-manager"

    def test_is_closed_to_strangers(self, proposal):
        with pytest.raises(NotAllowed):
            reassign(proposal, by="eve", role="ae-manager")

    def test_is_closed_to_whoever_asked(self, proposal):
        create_role(slug="deal-desk", members=[get_user("ada")])

        with pytest.raises(OwnProposal):
            reassign(proposal, by="ada", role="ae-manager")

    def test_is_closed_to_an_ops_owner_whose_agent_asked(self, proposal):
        create_role(slug="ops-owner", members=[get_user("ada")])

        with pytest.raises(OwnProposal):
            reassign(proposal, by="ada", person="cleo")

    @pytest.mark.parametrize("person", ["ada", "eve"])
    def test_refuses_a_person_who_could_not_decide(self, proposal, person):
        with pytest.raises(decisions.BadReassignment):
            reassign(proposal, person=person)

    def test_refuses_a_person_who_may_not_sign_in(self, proposal):
        User.objects.filter(username="cleo").update(is_active=False)

        with pytest.raises(decisions.BadReassignment):
            reassign(proposal, person="cleo")

    def test_refuses_a_role_without_anybody(self, proposal):
        create_role(slug="empty")

        with pytest.raises(decisions.BadReassignment):
            reassign(proposal, role="empty")

    @pytest.mark.parametrize("to", [{}, {"role": "ae-manager", "person": "cleo"}])
    def test_needs_one_goal(self, proposal, to):
        with pytest.raises(decisions.BadReassignment):
            reassign(proposal, **to)

    def test_needs_a_reason(self, proposal):
        with pytest.raises(decisions.BadReassignment):
            reassign(proposal, role="ae-manager", reason=" ")

    def test_comes_too_late_for_a_decided_proposal(self, proposal):
        approve(proposal, "ben")

        with pytest.raises(decisions.AlreadyDecided):
            reassign(proposal, role="ae-manager")

    def test_counts_all_of_the_new_role_with_the_votes_that_were_cast(self, crm):
        create_workflow()
        create_role(slug="deal-desk", members=[create_user(username="bea")])
        crm.add("Account", "001000000000009AAA", Name="Halden")
        change = DraftChange(
            operation="update",
            object_name="Account",
            record_id="001000000000009AAA",
            fields={"Phone": "2"},
        )
        proposal = create_proposal(draft=create_draft(action="fix_accounts", changes=[change]))
        approve(proposal, "ben")

        reassign(proposal, by="bea", role="ae-manager")

        assert Review.objects.get().quorum == 2
        assert approve(proposal, "cleo").state == "approved"

    def test_refuses_somebody_who_voted(self, crm):
        create_workflow()
        create_role(slug="deal-desk", members=[create_user(username="bea")])
        crm.add("Account", "001000000000009AAA", Name="Halden")
        change = DraftChange(
            operation="update",
            object_name="Account",
            record_id="001000000000009AAA",
            fields={"Phone": "2"},
        )
        proposal = create_proposal(draft=create_draft(action="fix_accounts", changes=[change]))
        approve(proposal, "ben")

        with pytest.raises(decisions.BadReassignment):
            reassign(proposal, by="bea", person="ben")
