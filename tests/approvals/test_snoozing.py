"""Putting a review off."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import decisions, preparation, snooze_choices, snoozing
from approvals.desk import Desk
from approvals.inbox import Tab, page
from approvals.models import Proposal, Review, Snooze
from approvals.opening import AlreadyDecided
from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import NotAllowed
from tests.approvals.deciding import answer, decide, events, send_back
from tests.factories import AT, create_role, get_user
from tests.sight import keep

HOUR = dt.timedelta(hours=1)
SOON = AT + dt.timedelta(minutes=10)


@pytest.fixture
def bea(proposal):
    """Return a colleague of Ben's at the deal desk."""
    colleague = get_user("bea")
    create_role(slug="deal-desk", members=[colleague])
    return colleague


def put_off(proposal, person="ben", *, until=SOON + HOUR, at=SOON):
    return snoozing.snooze(proposal_id=proposal.pk, person=get_user(person), until=until, at=at)


def hand_to(person, proposal, *, by, at=SOON):
    decisions.reassign(
        proposal_id=proposal.pk,
        person=by,
        to_role=None,
        to_person=get_user(person),
        reason="It is your customer.",
        at=at,
    )


def mine(person="ben", *, at=SOON):
    desk = Desk(get_user(person), at)
    return [row.proposal.pk for row in page(desk=desk, tab=Tab.MINE).rows]


@pytest.mark.django_db
@pytest.mark.req("A4", "I1")
class TestSnooze:
    def test_takes_it_out_of_my_list_until_then(self, proposal):
        assert mine() == [proposal.pk]
        put_off(proposal)
        assert mine() == []
        assert mine(at=SOON + HOUR) == [proposal.pk]

    def test_leaves_it_with_everybody_else(self, proposal, bea):
        put_off(proposal)
        assert mine(bea.username) == [proposal.pk]

    def test_ends_when_it_is_handed_to_that_very_person(self, proposal, bea):
        put_off(proposal)
        hand_to("ben", proposal, by=bea)
        assert mine() == [proposal.pk]

    def test_moves_no_clock(self, proposal):
        review = Review.objects.get(proposal=proposal)
        put_off(proposal)
        after = Review.objects.get(pk=review.pk)
        assert (after.due_at, after.plan) == (review.due_at, review.plan)
        assert Proposal.objects.get(pk=proposal.pk).deadline_at == proposal.deadline_at

    def test_comes_back_before_it_is_due(self, proposal):
        due_at = Review.objects.get(proposal=proposal).due_at
        with pytest.raises(snoozing.BadSnooze, match="until before that"):
            put_off(proposal, until=due_at)
        assert not Snooze.objects.exists()

    def test_refuses_a_time_that_is_past(self, proposal):
        with pytest.raises(snoozing.BadSnooze, match="past"):
            put_off(proposal, until=SOON)

    def test_the_later_word_counts(self, proposal):
        put_off(proposal)
        put_off(proposal, until=SOON + HOUR / 2)
        assert Snooze.objects.get().until == SOON + HOUR / 2

    def test_is_for_those_who_could_decide(self, proposal):
        with pytest.raises(NotAllowed):
            put_off(proposal, "ana")

    def test_is_too_late_once_it_was_decided(self, proposal, bea):
        decide(proposal, bea)
        with pytest.raises(AlreadyDecided):
            put_off(proposal)

    def test_a_new_revision_is_back_at_once(self, proposal, bea):
        put_off(proposal, until=SOON + 2 * HOUR)
        send_back(proposal, bea, at=SOON)
        answer(proposal, at=SOON + HOUR)
        preparation.prepare_due(at=SOON + HOUR)
        assert mine(at=SOON + HOUR) == [proposal.pk]

    def test_is_taken_up_again_before_its_time(self, proposal):
        put_off(proposal)
        ben = get_user("ben")
        assert snoozing.take_up_again(proposal_id=proposal.pk, person=ben, at=SOON) is True
        assert snoozing.take_up_again(proposal_id=proposal.pk, person=ben, at=SOON) is False
        assert mine() == [proposal.pk]

    def test_stands_in_the_ledger(self, proposal):
        put_off(proposal)
        snoozing.take_up_again(proposal_id=proposal.pk, person=get_user("ben"), at=SOON)
        assert events(proposal)[-2:] == ["review.snoozed", "review.unsnoozed"]


@pytest.mark.django_db
class TestPages:
    @pytest.fixture(autouse=True)
    def long_before_it_is_due(self, proposal):
        Review.objects.filter(proposal=proposal).update(due_at=now() + 5 * HOUR)
        Proposal.objects.filter(pk=proposal.pk).update(deadline_at=now() + 9 * HOUR)

    def test_what_i_put_off_is_a_list_of_its_own(self, client, proposal):
        until = now() + HOUR
        client.force_login(get_user("ben"))
        page_of_it = client.get(f"/proposals/{proposal.pk}/").text
        assert "Its time to decide runs on" in page_of_it
        said = client.post(
            f"/proposals/{proposal.pk}/snooze/", {"until": until.isoformat()}, follow=True
        )
        assert "Put off" in said.text
        assert f"/proposals/{proposal.pk}/unsnooze/" in client.get("/snoozed/").text
        client.post(f"/proposals/{proposal.pk}/unsnooze/")
        assert "You have put nothing off" in client.get("/snoozed/").text

    @pytest.mark.req("B6")
    def test_the_list_names_no_record_whose_name_is_kept_from_me(self, client, proposal):
        put_off(proposal, at=now(), until=now() + HOUR)
        client.force_login(get_user("ben"))
        assert "Northwind renewal" in client.get("/snoozed/").text
        keep(proposal.workflow, Name="sensitive")
        listed = client.get("/snoozed/").text
        assert f"/proposals/{proposal.pk}/unsnooze/" in listed
        assert "Northwind renewal" not in listed

    @pytest.mark.req("B6")
    def test_the_list_holds_nothing_that_is_not_mine_to_see_any_more(self, client, proposal):
        put_off(proposal, at=now(), until=now() + HOUR)
        get_user("ben").groups.clear()
        client.force_login(get_user("ben"))
        assert "Northwind renewal" not in client.get("/snoozed/").text

    @pytest.mark.parametrize(
        "until", ["", "tomorrow", "2026-01-01T10:00:00", "9999-12-31T23:59:59+00:00"]
    )
    def test_says_what_to_do_about_nonsense(self, client, proposal, until):
        Proposal.objects.filter(pk=proposal.pk).update(deadline_at=now() + 9 * HOUR)
        client.force_login(get_user("ben"))
        said = client.post(f"/proposals/{proposal.pk}/snooze/", {"until": until}, follow=True)
        assert said.status_code == 200
        assert not Snooze.objects.exists()


@given(
    days=st.integers(0, 4000),
    minutes=st.integers(0, 1440),
    hours=st.integers(0, 200),
    zone=st.sampled_from(["UTC", "Europe/Vienna", "America/New_York", "Asia/Kolkata"]),
)
def test_every_choice_lies_between_now_and_when_it_is_due(days, minutes, hours, zone):
    at = AT + dt.timedelta(days=days, minutes=minutes)
    due_at = at + dt.timedelta(hours=hours)
    offered = snooze_choices.choices(at=at, due_at=due_at, zone=ZoneInfo(zone))
    moments = [each.until for each in offered]
    assert all(at < moment < due_at for moment in moments)
    assert moments == sorted(set(moments))


def test_mornings_are_those_of_the_reader():
    at = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)
    offered = snooze_choices.choices(
        at=at, due_at=at + dt.timedelta(days=7), zone=ZoneInfo("Europe/Vienna")
    )
    # The clocks go forward in that night.
    assert [each.until.hour for each in offered if "9:00" in each.words] == [7, 7]
