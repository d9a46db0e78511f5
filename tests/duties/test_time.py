"""The time of a round: reminders, overdue, daily for five days, and never again once it is done."""

import datetime as dt

import pytest

from audit.models import Entry
from orchestrator.duties import finishing, queries, reminding
from orchestrator.duties.models import DutyRound
from orchestrator.notifications.models import Notification
from orchestrator.timers.firing import fire_due
from orchestrator.timers.models import Timer
from tests.duties.scene import FIRST, MONDAY, opened, set_up, sign_all, staff
from tests.factories import get_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("I4")]
DAY = dt.timedelta(days=1)


def tick(at: dt.datetime) -> int:
    return fire_due(at_clock=lambda: at)


def told(about: DutyRound, event: str) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(subject_id=str(about.pk), event=event)
    return sorted(rows.values_list("person__username", "urgency"))


def test_reminds_the_assignee_at_half_of_the_time_and_a_day_before(review):
    tick(review.opened_at + (review.due_at - review.opened_at) / 2)
    assert told(review, "duty.reminder") == [("dora", "normal")]

    tick(review.due_at - DAY)
    assert told(review, "duty.reminder") == [("dora", "high"), ("dora", "normal")]
    assert not DutyRound.objects.get(pk=review.pk).overdue_at


def test_has_no_day_before_where_there_is_less_time_than_that():
    short = list(reminding.steps(FIRST, FIRST + dt.timedelta(hours=8)))

    assert [step for step, _ in short][:2] == ["half", "overdue"]


def test_says_that_it_is_overdue_to_the_role_and_the_ops_owners(review):
    tick(review.due_at)

    assert told(review, "duty.overdue") == [("dora", "high"), ("frank", "high")]
    assert DutyRound.objects.get(pk=review.pk).overdue_at == review.due_at
    assert Entry.objects.get(event="duty.overdue").detail["assignee"] == "dora"
    assert list(queries.overdue(review.due_at)) == [review]
    assert not queries.overdue(review.due_at - DAY).exists()


def test_says_so_daily_and_five_times_in_all(review):
    for number in range(9):
        tick(review.due_at + number * DAY)

    assert len(told(review, "duty.overdue")) == 5 * 2
    assert Entry.objects.filter(event="duty.overdue").count() == 1


def test_says_so_once_after_days_without_a_tick(review):
    tick(review.due_at + 3 * DAY)

    assert told(review, "duty.overdue") == [("dora", "high"), ("frank", "high")]
    assert not told(review, "duty.reminder")
    assert DutyRound.objects.get(pk=review.pk).overdue_at == review.due_at + 3 * DAY


def test_says_nothing_more_once_it_is_done(review):
    sign_all(review, get_user("dora"), get_user("frank"), staff())
    finishing.finish(round_id=review.pk, summary="", person=get_user("dora"), at=FIRST)

    tick(review.due_at + DAY)

    assert not told(review, "duty.overdue")
    assert set(Timer.objects.filter(kind="duty.step").values_list("state", flat=True)) == {
        "cancelled"
    }
    settled = Notification.objects.get(subject_id=str(review.pk), event="duty.opened")
    assert settled.settled_words == "Finished by Dora."


def test_a_weekly_review_tells_the_workflows_owner_too():
    set_up()
    about = opened("exception_review")

    tick(about.due_at)

    assert about.due_at == MONDAY + DAY + dt.timedelta(hours=8)
    assert [name for name, _ in told(about, "duty.overdue")] == ["dora", "frank"]
