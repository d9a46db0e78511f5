"""Pages of the inbox, and the numbers on its tabs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import decisions, inbox
from approvals.desk import Desk
from approvals.filters import Filters
from approvals.models import Proposal, Review
from orchestrator.people.models import User
from tests.factories import (
    AT,
    create_draft,
    create_granted_agent,
    create_proposal,
    create_role,
    create_workflow,
    get_user,
    vote_on,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def deals(crm):
    """Return five proposals for the deal desk, one a minute; the last is due last."""
    create_workflow()
    made = []
    for number in range(5):
        key = crm.add("Opportunity", f"006{number:012d}", Name=f"Deal {number}", Amount=100.0)
        at = AT + dt.timedelta(minutes=number)
        draft = create_draft(record_id=key.record_id)
        made.append(create_proposal(draft=draft, at=at))
    return made


def desk(username):
    return Desk(get_user(username))


def shown(username, tab="mine", **more):
    page = inbox.page(desk=desk(username), tab=tab, **more)
    return [row.proposal.pk for row in page.rows]


def ids(proposals):
    return [proposal.pk for proposal in proposals]


class TestMine:
    def test_shows_what_waits_for_the_person_most_urgent_first(self, deals):
        assert shown("ben") == ids(deals)

    def test_shows_nothing_to_people_without_the_duty(self, deals):
        assert shown("cleo") == []
        assert shown("eve") == []

    def test_hides_what_the_person_may_not_decide(self, deals):
        create_role(slug="deal-desk", members=[get_user("ada")])

        assert shown("ada") == []
        assert shown("ada", "team") == ids(deals)

    def test_hides_what_the_person_has_voted_on(self, deals):
        create_role(slug="deal-desk", members=[get_user("cleo")])
        Review.objects.filter(proposal=deals[0]).update(quorum=2)
        decisions.decide(
            proposal_id=deals[0].pk,
            person=get_user("ben"),
            vote="approve",
            digest=deals[0].digest,
            reason_code="",
            text="",
            at=AT,
        )

        assert shown("ben") == ids(deals[1:])
        assert shown("cleo") == ids(deals)

    def test_shows_what_was_handed_to_the_person(self, deals):
        Review.objects.filter(proposal=deals[3]).update(assignee=get_user("cleo"))

        assert shown("cleo") == [deals[3].pk]
        assert deals[3].pk not in shown("ben")

    def test_falls_back_with_the_duty(self, deals):
        User.objects.filter(username="ben").update(is_active=False)

        assert shown("dora") == ids(deals)

    def test_leaves_decided_ones_out(self, deals):
        vote_on(proposal=deals[0])

        assert shown("ben") == ids(deals[1:])


class TestPages:
    def test_continue_after_the_last_row(self, deals):
        first = inbox.page(desk=desk("ben"), tab="mine", size=2)
        second = inbox.page(desk=desk("ben"), tab="mine", size=2, after=first.after)
        third = inbox.page(desk=desk("ben"), tab="mine", size=2, after=second.after)

        rows = [row.proposal.pk for page in (first, second, third) for row in page.rows]
        assert rows == ids(deals)
        assert third.after == ""

    def test_split_rows_that_are_due_at_the_same_moment(self, deals):
        Review.objects.update(due_at=AT)
        first = inbox.page(desk=desk("ben"), tab="mine", size=3)
        second = inbox.page(desk=desk("ben"), tab="mine", size=3, after=first.after)

        rows = [row.proposal.pk for page in (first, second) for row in page.rows]
        assert sorted(rows) == sorted(ids(deals))
        assert len(rows) == 5

    def test_merge_the_roles_of_one_person_in_order(self, deals):
        create_role(slug="ae-manager", members=[get_user("ben")])
        moved = Review.objects.get(proposal=deals[2])
        moved.role = create_role(slug="ae-manager")
        moved.save()

        assert shown("ben", size=3) == ids(deals[:3])

    @pytest.mark.parametrize("after", ["nonsense", "2026-01-01~x", "~", "2026-01-01T00:00:00~"])
    def test_begin_at_the_start_for_nonsense(self, deals, after):
        assert shown("ben", after=after) == ids(deals)

    def test_cost_the_same_queries_however_much_waits(self, deals):
        with CaptureQueriesContext(connection) as few:
            shown("ben", size=1)
        with CaptureQueriesContext(connection) as many:
            shown("ben", size=50)

        assert len(few) == len(many) <= 4


class TestFilters:
    def test_narrow_by_workflow_agent_and_risk(self, crm, deals):
        other = create_granted_agent(workflow=create_workflow(), slug="other-agent")
        key = crm.add("Opportunity", "006000000000099AAA", Name="Big", Amount=100.0)
        theirs = create_proposal(agent=other, draft=create_draft(record_id=key.record_id))
        Proposal.objects.filter(pk=deals[0].pk).update(risk="high")

        assert shown("ben", filters=Filters(agent="other-agent")) == [theirs.pk]
        assert shown("ben", filters=Filters(risk="high")) == [deals[0].pk]
        assert shown("ben", filters=Filters(workflow="deal-hygiene")) != []
        assert shown("ben", filters=Filters(workflow="another")) == []


class TestAll:
    def test_shows_what_waits_in_workflows_that_the_person_may_see(self, deals):
        assert shown("cleo", "all") == ids(deals)
        assert shown("eve", "all") == []


class TestDecided:
    def test_shows_the_newest_first_with_what_is_on_its_way(self, deals):
        vote_on(proposal=deals[0], vote="deny", at=AT + dt.timedelta(minutes=10))
        vote_on(proposal=deals[1], at=AT + dt.timedelta(minutes=11))

        assert shown("cleo", "decided") == [deals[1].pk, deals[0].pk]

    def test_pages_by_key(self, deals):
        for number, proposal in enumerate(deals):
            vote_on(proposal=proposal, vote="deny", at=AT + dt.timedelta(minutes=10 + number))
        first = inbox.page(desk=desk("cleo"), tab="decided", size=3)
        second = inbox.page(desk=desk("cleo"), tab="decided", size=3, after=first.after)

        rows = [row.proposal.pk for page in (first, second) for row in page.rows]
        assert rows == ids(reversed(deals))

    def test_shows_nothing_to_strangers(self, deals):
        vote_on(proposal=deals[0])

        assert shown("eve", "decided") == []


class TestCounts:
    def test_count_each_tab_and_what_is_overdue(self, deals):
        at = AT + dt.timedelta(hours=4, minutes=2)

        found = inbox.counts(desk=desk("ben"), at=at)

        assert (found.mine, found.team, found.everything, found.overdue) == (5, 5, 5, 3)

    def test_stop_at_their_limit(self, deals, monkeypatch):
        monkeypatch.setattr(inbox, "COUNT_LIMIT", 3)

        assert inbox.counts(desk=desk("ben"), at=AT).mine == 3

    def test_are_nothing_for_strangers(self, deals):
        found = inbox.counts(desk=desk("eve"), at=AT)

        assert (found.mine, found.team, found.everything, found.overdue) == (0, 0, 0, 0)

    def test_take_one_query_beside_the_duties(self, deals, django_assert_num_queries):
        at_desk = desk("ben")
        assert at_desk.roles
        assert at_desk.workflows

        with django_assert_num_queries(1):
            inbox.counts(desk=at_desk, at=AT)
