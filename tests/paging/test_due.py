"""What a page does when time is up, driven by the clock."""

import datetime as dt

import pytest

from audit.queries import subject_history
from orchestrator.notifications.models import Notification
from orchestrator.paging import paging
from orchestrator.paging.acknowledging import acknowledge
from orchestrator.paging.due import MOST_ROUNDS, reminder, unacknowledged
from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.timers.firing import fire_due
from orchestrator.timers.models import Timer
from tests.factories import AT, create_role, get_user
from tests.paging.scene import MINUTE, called_now, fresh, history, open_page

pytestmark = pytest.mark.django_db


def pass_until(at: dt.datetime) -> int:
    return fire_due(at_clock=lambda: at)


def told(username: str) -> list[str]:
    rows = Notification.objects.filter(person__username=username).order_by("pk")
    return list(rows.values_list("event", flat=True))


class TestNobodyAnswers:
    @pytest.mark.req("I2")
    def test_calls_the_next_person_after_five_minutes_and_tells_the_first(self):
        page = open_page()
        pass_until(AT + 5 * MINUTE - dt.timedelta(seconds=1))
        assert called_now(page) == get_user("ben")

        pass_until(AT + 5 * MINUTE)

        assert history(page) == [("ben", "unanswered"), ("cleo", "calling")]
        assert told("ben") == ["page.called", "page.passed_over"]
        assert told("cleo") == ["page.called"]

    def test_gives_the_next_person_minutes_of_their_own(self):
        page = open_page()
        pass_until(AT + 5 * MINUTE)
        pass_until(AT + 9 * MINUTE)
        assert called_now(page) == get_user("cleo")

        pass_until(AT + 10 * MINUTE)
        assert called_now(page) == get_user("dora")

    @pytest.mark.req("I2")
    def test_says_so_when_nobody_is_left_and_begins_again(self):
        page = open_page()
        for minutes in (5, 10, 15):
            pass_until(AT + minutes * MINUTE)
        assert (fresh(page).state, fresh(page).exhausted_at) == ("exhausted", AT + 15 * MINUTE)

        pass_until(AT + 30 * MINUTE)

        assert (fresh(page).state, fresh(page).round) == ("called", 2)
        assert called_now(page) == get_user("ben")
        assert fresh(page).exhausted_at == AT + 15 * MINUTE

    def test_ends_after_three_rounds_and_stays_open(self):
        page = open_page(role=create_role(slug="small", members=[get_user("ben")]))
        for minutes in range(0, 300, 5):
            pass_until(AT + minutes * MINUTE)

        assert [name for name, _ in history(page)] == ["ben"] * MOST_ROUNDS
        assert fresh(page).state == "exhausted"
        assert not Timer.objects.filter(state="open").exists()

    def test_fires_once_after_downtime(self):
        page = open_page()

        pass_until(AT + dt.timedelta(hours=8))

        assert history(page) == [("ben", "unanswered"), ("cleo", "calling")]

    def test_calls_nobody_twice_when_the_same_time_is_up_twice(self):
        page = open_page()
        timer = Timer.objects.get(subject=page.pk)
        for _ in range(2):
            unacknowledged([timer], AT + 5 * MINUTE)

        assert history(page) == [("ben", "unanswered"), ("cleo", "calling")]
        assert told("cleo") == ["page.called"]

    def test_leaves_a_page_alone_that_has_ended(self):
        page = open_page()
        timer = Timer.objects.get(subject=page.pk)
        paging.resolve(subject_kind="proposal", subject_ids=["prp_1"], words="Denied.", at=AT)

        unacknowledged([timer], AT + 5 * MINUTE)

        assert history(page) == [("ben", "settled")]
        assert Timer.objects.get(pk=timer.pk).state == "cancelled"


class TestTakenAndLeft:
    @pytest.fixture
    def taken(self) -> PageCall:
        page = open_page()
        acknowledge(page=page, person=get_user("ben"), at=AT + MINUTE)
        return page

    def test_calls_nobody_else_while_it_is_fresh(self, taken):
        pass_until(AT + 15 * MINUTE)

        assert history(taken) == [("ben", "acknowledged")]
        assert told("ben") == ["page.called"]

    @pytest.mark.req("I2")
    def test_reminds_twice_then_calls_the_next_person_too(self, taken):
        for minutes in (16, 31):
            pass_until(AT + minutes * MINUTE)
        assert told("ben") == ["page.called", "page.reminder", "page.reminder"]
        assert called_now(taken) is None

        pass_until(AT + 46 * MINUTE)

        assert history(taken) == [("ben", "acknowledged"), ("cleo", "calling")]
        assert fresh(taken).state == "acknowledged"
        assert told("ben")[-1] == "page.called_too"

    def test_hands_it_to_whoever_was_called_too_and_answers(self, taken):
        for minutes in (16, 31, 46):
            pass_until(AT + minutes * MINUTE)

        acknowledge(page=taken, person=get_user("cleo"), at=AT + 47 * MINUTE)

        assert history(taken) == [("ben", "relieved"), ("cleo", "acknowledged")]
        assert told("ben")[-1] == "page.taken"

    def test_goes_on_calling_while_those_who_are_called_too_do_not_answer(self, taken):
        for minutes in (16, 31, 46, 51, 56):
            pass_until(AT + minutes * MINUTE)

        assert [name for name, _ in history(taken)] == ["ben", "cleo", "dora"]
        assert (fresh(taken).state, fresh(taken).exhausted_at) == (
            "acknowledged",
            AT + 56 * MINUTE,
        )

    def test_goes_on_reminding_ever_more_rarely_once_nobody_is_left(self, taken):
        for minutes in range(1, 600, 15):
            pass_until(AT + minutes * MINUTE)

        due = Timer.objects.filter(subject=taken.pk, kind="page.reminder").order_by("planned_at")
        planned = [(timer.planned_at - AT) // MINUTE for timer in due]
        assert planned == [16, 31, 46, 61, 91, 151, 271, 391, 511, 631]
        assert told("ben").count("page.reminder") == 7
        story = [line.event for line in subject_history(kind="page", id=taken.pk)]
        assert story.count("page.exhausted") == 1

    def test_reminds_once_when_the_same_time_is_up_twice(self, taken):
        timer = Timer.objects.get(subject=taken.pk, kind="page.reminder", state="open")
        for _ in range(2):
            reminder([timer], AT + 16 * MINUTE)

        assert told("ben").count("page.reminder") == 1

    def test_is_silent_once_it_is_settled(self, taken):
        paging.resolve(subject_kind="proposal", subject_ids=["prp_1"], words="Approved.", at=AT)
        for minutes in (16, 31, 46):
            pass_until(AT + minutes * MINUTE)

        assert told("ben") == ["page.called"]
        assert history(taken) == [("ben", "settled")]


@pytest.mark.req("I2")
def test_writes_the_whole_story_into_the_ledger():
    page = open_page()
    pass_until(AT + 5 * MINUTE)
    acknowledge(page=page, person=get_user("cleo"), at=AT + 6 * MINUTE)
    paging.resolve(
        subject_kind="proposal",
        subject_ids=["prp_1"],
        words="Approved by Cleo.",
        at=AT + 8 * MINUTE,
    )

    story = list(reversed(subject_history(kind="page", id=page.pk)))
    assert [(line.event, line.actor_id) for line in story] == [
        ("page.called", "paging"),
        ("page.called", "paging"),
        ("page.acknowledged", "cleo"),
        ("page.resolved", "paging"),
    ]
    assert story[2].detail["seconds"] == 60
    assert PageTurn.objects.filter(state="settled").count() == 1
