"""Open reviews follow their people: when everybody is away, somebody else is asked."""

import datetime as dt

import pytest

from approvals import decisions, rerouting
from approvals.models import Review
from audit.models import Entry
from orchestrator.notifications.models import Notification
from orchestrator.people.models import Role, User
from tests.approvals.away import leave
from tests.approvals.deciding import SOON, account_draft, decide, events
from tests.factories import AT, create_proposal, create_role, create_workflow, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A2", "A4")]
LATER = SOON + dt.timedelta(minutes=5)


def sweep(at=LATER):
    return rerouting.reroute_due(at=at)


def asked():
    review = Review.objects.select_related("role", "assignee").get(state="open")
    return review.role.slug, review.quorum, review.assignee.username if review.assignee else ""


def close(*names):
    """Close accounts past every operation, as a database shell would."""
    User.objects.filter(username__in=names).update(is_active=False)


class TestFallingBack:
    def test_follows_the_fallback_when_the_last_member_goes_away(self, proposal):
        assert sweep() == 0
        leave("ben", at=SOON)

        assert sweep() == 1

        assert asked() == ("ops-owner", 1, "")
        entry = Entry.objects.get(event="review.fell_back")
        assert entry.detail == {"stage": 1, "role": "deal-desk", "to_role": "ops-owner"}
        told = Notification.objects.filter(event="review.fell_back")
        assert [row.person.username for row in told] == ["dora"]
        assert decide(proposal, "dora", at=LATER).state == "approved"

    def test_follows_when_an_account_is_closed_by_any_way(self, proposal):
        close("ben")

        sweep()

        assert asked() == ("ops-owner", 1, "")

    def test_happens_once(self, proposal):
        leave("ben", at=SOON)
        assert [sweep(), sweep()] == [1, 0]

    def test_stays_where_a_delegate_decides(self, proposal):
        leave("ben", "eve", at=SOON)

        assert sweep() == 0
        assert asked() == ("deal-desk", 1, "")

    def test_passes_over_roles_whose_people_may_not_decide(self, proposal):
        lead = create_role(slug="sales-lead", members=[get_user("lee")])
        Role.objects.filter(slug="deal-desk").update(fallback=lead)
        proposal.amend(barred=[*proposal.barred, "lee"])
        leave("ben", at=SOON)

        sweep()

        assert asked() == ("ops-owner", 1, "")

    def test_leaves_it_to_staff_and_says_so_once_a_day_when_nobody_is_left(self, proposal):
        User.objects.filter(pk=get_user("sam").pk).update(is_staff=True)
        leave("ben", at=SOON)
        leave("dora", at=SOON)

        sweep()
        sweep(LATER + dt.timedelta(minutes=1))

        assert asked() == ("deal-desk", 1, "")
        told = Notification.objects.filter(event="role.unreachable")
        assert [(row.person.username, row.subject_id) for row in told] == [("sam", "deal-desk")]
        assert decide(proposal, "sam", at=LATER).state == "approved"

    def test_decides_nothing(self, proposal):
        leave("ben", at=SOON)
        sweep()

        proposal.refresh_from_db()
        assert proposal.state == "in_review"
        assert "review.voted" not in events(proposal)


class TestQuorums:
    @pytest.fixture
    def by_all(self, crm, account):
        create_workflow()
        create_role(slug="deal-desk", members=[get_user("bea")])
        return create_proposal(draft=account_draft())

    def test_of_all_are_counted_anew_when_one_goes_away(self, by_all):
        leave("bea", at=SOON)

        sweep()

        assert asked() == ("deal-desk", 1, "")
        assert Entry.objects.get(event="review.counted_anew").detail["quorum"] == 1

    def test_of_all_keep_the_votes_that_were_cast(self, by_all):
        decide(by_all, "ben")
        leave("bea", at=SOON)

        sweep()

        assert asked() == ("ops-owner", 2, "")
        assert decide(by_all, "dora", at=LATER).state == "approved"

    def test_of_a_number_go_where_enough_people_are(self, proposal):
        create_role(slug="ops-owner", members=[get_user("dan")])
        create_role(slug="deal-desk", members=[get_user("bea")])
        Review.objects.update(quorum=2, policy={**Review.objects.get().policy, "quorum": "2"})
        leave("bea", at=SOON)

        sweep()

        assert asked() == ("ops-owner", 2, "")

    def test_stay_where_a_voter_has_gone_and_nobody_is_missing(self, by_all):
        decide(by_all, "ben")
        leave("ben", at=SOON)

        assert sweep() == 0
        assert asked() == ("deal-desk", 2, "")


class TestHandedToOne:
    @pytest.fixture
    def handed(self, proposal):
        decisions.reassign(
            proposal_id=proposal.pk, person=get_user("ben"), to_role=None,
            to_person=get_user("cleo"), reason="You know them.", at=AT,
        )  # fmt: skip
        return proposal

    def test_goes_back_to_the_role_when_they_are_away(self, handed):
        leave("cleo", at=SOON)

        sweep()

        assert asked() == ("deal-desk", 1, "")
        assert Entry.objects.get(event="review.given_back").detail["person"] == "cleo"

    def test_goes_back_to_the_role_when_they_left(self, handed):
        close("cleo")

        sweep()

        assert asked() == ("deal-desk", 1, "")
        assert Entry.objects.get(event="review.given_back").detail["why"] == "closed"

    def test_stays_with_who_stands_in(self, handed):
        leave("cleo", "eve", at=SOON)

        sweep()

        assert asked() == ("deal-desk", 1, "cleo")


class TestOpening:
    def test_asks_only_people_who_are_there(self, crm, record):
        create_workflow()
        leave("ben", days=1)

        create_proposal()

        assert asked() == ("ops-owner", 1, "")

    def test_looks_again_when_the_next_stage_opens(self, large):
        leave("cleo", at=SOON)

        decide(large, "ben", at=LATER)

        assert asked() == ("ops-owner", 1, "")


def test_asks_as_many_questions_for_many_as_for_few(crm, record, django_assert_max_num_queries):
    for number in range(6):
        create_proposal(key=f"many-{number}")

    with django_assert_max_num_queries(12):
        sweep()
