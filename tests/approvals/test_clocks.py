"""When a stage is due, when a proposal expires: by whose calendar, from which moment."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Proposal, Review
from orchestrator.calendars import operations
from orchestrator.calendars.models import Calendar
from tests.approvals.clockwork import workflow_with, works_by
from tests.approvals.deciding import decide
from tests.calendars.scene import create_calendar, week
from tests.factories import AT, SETUP, create_draft, create_proposal

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5", "I1")]
HOUR = dt.timedelta(hours=1)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


DENY_LATE = "escalation: [{{ at: 300%, do: deny }}]\n"


def in_new_york():
    return create_calendar(slug="sales-amer", title="Sales Americas", zone="America/New_York")


def reviews():
    return list(Review.objects.order_by("stage"))


class TestStages:
    def test_are_due_by_the_clock_that_the_workflow_names(self, crm, record):
        create_calendar()
        workflow_with("decide_within: 4 business hours, calendar: sales-emea")
        # Wednesday, 11:00 in Berlin.
        proposal = create_proposal()

        assert reviews()[0].due_at == AT + 4 * HOUR == proposal.deadline_at

    def test_go_by_the_calendar_of_the_role_before_that_of_the_workflow(self, crm, record):
        create_calendar()
        workflow_with("decide_within: 4 business hours, calendar: sales-emea", escalation=DENY_LATE)
        works_by("deal-desk", in_new_york())
        create_proposal()

        (review,) = reviews()
        # It is 5:00 in New York: the day there begins at 9:00.
        assert review.due_at == dt.datetime(2026, 11, 18, 13, tzinfo=NEW_YORK)
        assert review.policy["sla"] == {
            "within": "4 business hours",
            "calendar": "sales-amer",
            "calendar_title": "Sales Americas",
            "zone": "America/New_York",
            "digest": Calendar.objects.get(slug="sales-amer").digest,
        }

    def test_are_never_due_after_the_deadline_of_the_whole(self, crm, record):
        create_calendar()
        workflow_with("decide_within: 4 business hours, calendar: sales-emea")
        works_by("deal-desk", in_new_york())
        proposal = create_proposal()

        assert reviews()[0].due_at == proposal.deadline_at == AT + 4 * HOUR

    def test_may_have_a_time_of_their_own(self, crm, record):
        workflow_with("decide_within: 4 hours", first_stage="30 minutes")
        proposal = create_proposal()

        assert reviews()[0].due_at == AT + 30 * HOUR / 60
        assert proposal.deadline_at == AT + 4 * HOUR

    def test_start_their_clock_when_they_open(self, crm, record):
        workflow_with("decide_within: 2 hours", escalation=DENY_LATE)
        crm.edit(record, Amount=90000.0)
        proposal = create_proposal()
        assert [each.due_at for each in reviews()] == [AT + 2 * HOUR, None]

        decide(proposal, "ben", at=AT + HOUR)

        first, second = reviews()
        assert (second.opened_at, second.due_at) == (AT + HOUR, AT + 3 * HOUR)
        assert first.due_at == AT + 2 * HOUR

    def test_are_never_opened_past_the_deadline(self, crm, record):
        workflow_with("decide_within: 2 hours")
        crm.edit(record, Amount=90000.0)
        proposal = create_proposal()
        decide(proposal, "ben", at=AT + HOUR)

        assert reviews()[1].due_at == proposal.deadline_at == AT + 2 * HOUR

    def test_cost_no_question_about_calendars_where_there_are_none(self, crm, record):
        proposal = create_proposal()

        with CaptureQueriesContext(connection) as seen:
            decide(proposal, "ben")

        assert not [each for each in seen if 'FROM "calendars_calendar"' in each["sql"]]


class TestDeadline:
    def test_is_the_deny_share_of_the_plan_over_the_calendar(self, crm, record):
        create_calendar()
        workflow_with("decide_within: 4 business hours, calendar: sales-emea", escalation=DENY_LATE)
        proposal = create_proposal()

        # 12 working hours from Wednesday, 11:00: six of that day and six of the next.
        assert proposal.deadline_at == dt.datetime(2026, 11, 19, 15, tzinfo=BERLIN)

    def test_by_the_clock_stays_by_the_clock(self, crm, record):
        create_calendar()
        workflow_with("decide_within: 24 hours, calendar: sales-emea")

        assert create_proposal().deadline_at == AT + 24 * HOUR

    def test_is_the_limit_of_the_requester_where_that_comes_first(self, crm, record):
        proposal = create_proposal(draft=create_draft(timeout=HOUR))

        assert (proposal.timeout_at, proposal.deadline_at) == (AT + HOUR, AT + HOUR)

    def test_goes_by_the_hours_of_everybody_without_a_calendar(self, crm, record):
        workflow_with("decide_within: 1 business day")

        # Wednesday 10:00 UTC: seven hours today, one tomorrow.
        assert create_proposal().deadline_at == dt.datetime(2026, 11, 19, 10, tzinfo=dt.UTC)


class TestChangedCalendar:
    def test_counts_for_what_opens_from_then_on(self, crm, record):
        calendar = create_calendar()
        workflow_with("decide_within: 2 business hours, calendar: sales-emea")
        first = create_proposal()
        operations.change_calendar(
            calendar=calendar,
            title=calendar.title,
            zone=calendar.zone,
            week=week("14:00-18:00"),
            region="",
            by=SETUP,
            at=AT,
        )

        second = create_proposal(draft=create_draft(fields={"NextStep": "Write"}))

        first.refresh_from_db()
        assert first.deadline_at == AT + 2 * HOUR
        assert second.deadline_at == dt.datetime(2026, 11, 18, 16, tzinfo=BERLIN)
        assert Proposal.objects.count() == 2
