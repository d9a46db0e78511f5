"""Deciding at night, without a script: one screen, and the same decision as everywhere."""

import pytest
import time_machine

from approvals.models import Decision, Proposal
from orchestrator.paging import paging
from orchestrator.paging.models import PageCall
from orchestrator.paging.subjects import PageSubject
from orchestrator.people.models import Role
from tests.factories import AT, create_draft, create_proposal, get_user, vote_on
from tests.paging.test_views import text_of, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2", "A4")]


@pytest.fixture(autouse=True)
def at_night():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def called(proposal) -> PageCall:
    page = paging.page(
        subject=PageSubject(
            kind="proposal",
            id=proposal.pk,
            title="Northwind renewal",
            path=f"/proposals/{proposal.pk}/page/",
            workflow=proposal.workflow.slug,
            until=proposal.deadline_at,
            barred=tuple(proposal.barred),
        ),
        role=Role.objects.get(slug="deal-desk"),
        why="nobody has decided in time",
        step="page",
        at=AT,
    )
    assert page is not None
    return page


def address(proposal: Proposal) -> str:
    return f"/proposals/{proposal.pk}/page/"


class TestTheScreen:
    def test_shows_the_change_why_and_how_to_answer(self, proposal, called):
        said = text_of(visitor("ben").get(address(proposal)))

        for words in (
            "You are called",
            "Nobody has decided in time",
            "Prospecting",
            "Qualification",
            "No activity for 42 days.",
            "Call notes",
            "Approve",
            "Deny",
            "Hand on",
            "Acknowledge",
        ):
            assert words in said

    def test_is_for_those_who_may_see_the_proposal(self, proposal):
        assert visitor("eve").get(address(proposal)).status_code == 404

    def test_acknowledges_nothing_by_being_opened(self, proposal, called):
        visitor("ben").get(address(proposal))

        assert PageCall.objects.get().state == "called"

    def test_works_for_whoever_opens_it_without_being_called(self, proposal):
        said = text_of(visitor("ben").get(address(proposal)))

        assert "Approve" in said
        assert "Acknowledge" not in said

    def test_says_the_true_state_once_it_is_decided(self, proposal, called):
        vote_on(proposal=proposal, vote="deny")

        said = text_of(visitor("ben").get(address(proposal)))

        assert "Denied" in said
        assert "Approve" not in said

    def test_costs_a_bounded_number_of_queries(
        self, proposal, called, django_assert_max_num_queries
    ):
        client = visitor("ben")
        client.get(address(proposal))
        with django_assert_max_num_queries(38):
            client.get(address(proposal))


class TestDeciding:
    def form(self, proposal: Proposal) -> dict[str, str]:
        return {"digest": proposal.digest, "vote": "approve"}

    def test_approves_with_the_digest_on_the_screen(self, proposal, called):
        client = visitor("ben")
        assert proposal.digest in client.get(address(proposal)).content.decode()

        client.post(f"/proposals/{proposal.pk}/decide/", self.form(proposal))

        assert Decision.objects.get().person == get_user("ben")

    def test_offers_no_approval_of_what_it_does_not_show(self, crm, record):
        proposal = create_proposal(draft=create_draft(reason_text="Because. " * 40))

        page = visitor("ben").get(address(proposal)).content.decode()

        assert 'value="approve"' not in page
        assert "Open everything" in page
        assert 'value="deny"' in page

    def test_offers_nothing_to_those_who_are_barred(self, proposal):
        ada = get_user("ada")
        Role.objects.get(slug="deal-desk").group.user_set.add(ada)

        page = visitor("ada").get(address(proposal)).content.decode()

        assert 'value="approve"' not in page
        assert 'value="deny"' not in page


class TestStages:
    def test_end_the_page_of_those_who_are_through_with_it(self, large):
        page = paging.page(
            subject=PageSubject(
                kind="proposal", id=large.pk, title="Deal", path=f"/proposals/{large.pk}/page/"
            ),
            role=Role.objects.get(slug="deal-desk"),
            why="nobody has decided in time",
            step="page",
            at=AT,
        )

        visitor("ben").post(
            f"/proposals/{large.pk}/decide/", {"digest": large.digest, "vote": "approve"}
        )

        page.refresh_from_db()
        assert (page.state, page.words) == (
            "resolved",
            "Stage 1 is approved; it goes on to Ae manager.",
        )
