"""Why a review is due when it is, in words."""

import datetime as dt

import pytest

from approvals.models import Proposal, Review
from approvals.sla_words import due_words, hours_words, pause_words, why_due
from tests.approvals.clockwork import workflow_with
from tests.approvals.deciding import answer, send_back
from tests.calendars.scene import create_calendar
from tests.factories import AT, create_proposal, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5", "I1")]
HOUR = dt.timedelta(hours=1)
EMEA = "4 business hours, calendar Sales EMEA (Europe/Berlin)"


def open_review():
    return Review.objects.get(state="open")


@pytest.fixture
def by_calendar(crm, record):
    create_calendar()
    workflow_with("decide_within: 4 business hours, calendar: sales-emea")
    return create_proposal()


class TestWhyDue:
    def test_names_length_calendar_and_zone(self, by_calendar):
        assert why_due(open_review().policy) == EMEA

    def test_says_by_the_clock(self, crm, record):
        create_proposal()

        assert why_due(open_review().policy) == "4 hours, by the clock"

    def test_says_what_hours_go_without_a_calendar(self, crm, record):
        workflow_with("decide_within: 1 business day")
        create_proposal()

        assert why_due(open_review().policy) == (
            "1 business day, Monday to Friday, 9:00 to 17:00 UTC"
        )

    def test_says_what_a_question_left(self, by_calendar):
        send_back(by_calendar, at=AT + HOUR)
        answer(by_calendar, at=AT + HOUR)

        assert why_due(open_review().policy) == f"3 h that a question had left of {EMEA}"

    def test_says_nothing_of_a_stage_that_waits_or_is_older_than_clocks(self, crm, record):
        crm.edit(record, Amount=90000.0)
        create_proposal()

        assert why_due(Review.objects.get(state="waiting").policy) == ""
        assert why_due({"role": "deal-desk"}) == ""


class TestDueWords:
    def test_say_how_much_working_time_is_left(self, by_calendar):
        review = open_review()

        words = due_words(review.policy, due=review.due_at, at=AT + HOUR)

        assert words == f"{EMEA}; 3 h of working time left"

    def test_say_no_more_once_it_is_overdue(self, by_calendar):
        review = open_review()

        assert due_words(review.policy, due=review.due_at, at=review.due_at) == EMEA


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "under 1 min"), (59, "59 min"), (60, "1 h"), (1625, "27 h 5 min")]
)
def test_lengths_are_in_hours_because_a_day_of_work_is_no_day(minutes, words):
    assert hours_words(dt.timedelta(minutes=minutes)) == words


class TestPages:
    def page(self, client, address, person="ben"):
        client.force_login(get_user(person))
        return " ".join(client.get(address).content.decode().split())

    def test_say_why_it_is_due_then(self, by_calendar, client):
        assert f"Time to decide: {EMEA}." in self.page(client, f"/proposals/{by_calendar.pk}/")
        assert EMEA in self.page(client, "/")

    def test_show_times_in_the_zone_of_the_reader(self, by_calendar, client):
        reader = get_user("ben")
        reader.time_zone = "Europe/Berlin"
        reader.save()

        # It was proposed at 10:00 UTC.
        assert "18 Nov 2026, 11:00 CET" in self.page(client, f"/proposals/{by_calendar.pk}/")

    def test_say_that_a_question_stops_the_clock(self, by_calendar, client):
        send_back(by_calendar, at=AT + HOUR)

        page = self.page(client, f"/proposals/{by_calendar.pk}/")

        assert "paused: waiting for the agent, until <time" in page
        assert "3 h are left to decide once it is answered." in page
        assert "the time to decide stands still" in page


def test_there_is_no_pause_where_nobody_asked(crm, record):
    create_proposal()

    assert pause_words(Proposal.objects.get()) == ""
