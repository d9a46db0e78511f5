"""A question stops the time to decide; the answer, or its own clock, ends the pause."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from approvals import expiry, outcomes, preparation
from approvals.models import Proposal, Review
from approvals.submission import NotRevisable
from audit.models import Entry
from orchestrator.kernel.actors import system
from tests.approvals.clockwork import workflow_with
from tests.approvals.deciding import answer, decide, send_back
from tests.calendars.scene import create_calendar
from tests.factories import AT, create_draft, create_proposal

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5", "I1")]
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
DENY_LATE = "escalation: [{{ at: 300%, do: deny }}]\n"


def berlin(day, hour, minute=0):
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


def current():
    return Proposal.objects.get()


def open_review():
    return Review.objects.get(state="open")


class TestSentBack:
    def test_keeps_what_was_left_and_gives_the_agent_a_clock_of_its_own(self, crm, record):
        workflow_with("decide_within: 4 hours", escalation=DENY_LATE)
        proposal = create_proposal()
        send_back(proposal, at=AT + HOUR)

        paused = current()
        assert Review.objects.get().remaining == 3 * HOUR
        assert paused.decide_left == 11 * HOUR
        assert paused.answer_by == paused.deadline_at == AT + 25 * HOUR
        asked = Entry.objects.get(event="proposal.sent_back")
        assert asked.detail["answer_by"] == paused.answer_by.isoformat()

    def test_keeps_working_time_where_the_clock_is_one_of_working_time(self, crm, record):
        create_calendar()
        workflow_with(
            "decide_within: 4 business hours, answer_within: 2 business hours, "
            "calendar: sales-emea",
            escalation=DENY_LATE,
        )
        proposal = create_proposal(at=berlin(18, 15))
        send_back(proposal, at=berlin(18, 16))

        assert Review.objects.get().remaining == 3 * HOUR
        assert current().decide_left == 11 * HOUR
        assert current().answer_by == berlin(19, 10)

    def test_has_nothing_left_where_it_was_overdue(self, crm, record):
        workflow_with("decide_within: 4 hours", escalation=DENY_LATE)
        proposal = create_proposal()
        send_back(proposal, at=AT + 5 * HOUR)
        answer(proposal, at=AT + 6 * HOUR)

        assert Review.objects.get(state="sent_back").remaining == 0 * HOUR
        assert open_review().due_at == AT + 6 * HOUR

    def test_cannot_be_without_its_clocks(self, crm, record):
        create_proposal(state="revision_requested")

        with pytest.raises(IntegrityError, match="paused_with_its_clocks"), transaction.atomic():
            Proposal.objects.update(answer_by=None)


class TestAnswered:
    def test_goes_on_with_what_was_left_however_long_the_answer_took(self, crm, record):
        workflow_with("decide_within: 4 hours", escalation=DENY_LATE)
        proposal = create_proposal()
        send_back(proposal, at=AT + HOUR)
        late = AT + 20 * HOUR
        answer(proposal, at=late)

        going_on = current()
        assert (going_on.deadline_at, open_review().due_at) == (late + 11 * HOUR, late + 3 * HOUR)
        assert (going_on.answer_by, going_on.decide_left) == (None, None)

    def test_goes_on_in_working_time(self, crm, record):
        create_calendar()
        workflow_with("decide_within: 4 business hours, calendar: sales-emea")
        proposal = create_proposal(at=berlin(20, 11))
        send_back(proposal, at=berlin(20, 12))
        # Saturday: the clock only starts on Monday at nine.
        answer(proposal, at=berlin(21, 12))

        assert open_review().due_at == current().deadline_at == berlin(23, 12)

    def test_gives_the_same_stage_what_it_had_and_later_ones_their_whole_time(self, crm, record):
        workflow_with("decide_within: 4 hours", escalation=DENY_LATE)
        crm.edit(record, Amount=90000.0)
        proposal = create_proposal()
        send_back(proposal, at=AT + HOUR)
        answered = answer(proposal, at=AT + 2 * HOUR)
        assert open_review().due_at == AT + 5 * HOUR

        decide(answered, "ben", at=AT + 3 * HOUR)

        assert (open_review().stage, open_review().due_at) == (2, AT + 7 * HOUR)

    def test_gives_a_second_stage_that_asked_what_it_had(self, crm, record):
        workflow_with("decide_within: 4 hours", escalation=DENY_LATE)
        crm.edit(record, Amount=90000.0)
        proposal = create_proposal()
        decide(proposal, "ben", at=AT)
        send_back(proposal, "cleo", at=AT + 3 * HOUR)
        answered = answer(proposal, at=AT + 3 * HOUR)
        assert open_review().due_at == AT + 7 * HOUR

        decide(answered, "ben", at=AT + 4 * HOUR)

        assert (open_review().stage, open_review().due_at) == (2, AT + 5 * HOUR)

    def test_carries_nothing_over_a_second_time(self, crm, record):
        workflow_with("decide_within: 4 hours", escalation=DENY_LATE)
        proposal = create_proposal()
        send_back(proposal, at=AT + HOUR)
        answered = answer(proposal, at=AT + HOUR)
        decide(answered, at=AT + 2 * HOUR)
        outcomes.return_to_people(
            proposal_id=proposal.pk,
            conflict=None,
            code="moved",
            text="It moved.",
            by=system("test"),
            at=AT + 2 * HOUR,
        )
        preparation.prepare_due(at=AT + 2 * HOUR)

        assert open_review().due_at == AT + 6 * HOUR

    def test_stops_and_goes_on_three_times_without_winning_or_losing_time(self, crm, record):
        proposal, at = create_proposal(), AT
        for _ in range(3):
            send_back(proposal, at=at + 30 * MINUTE)
            at += 10 * HOUR
            proposal = answer(proposal, at=at)

        assert current().deadline_at == open_review().due_at == at + 150 * MINUTE


class TestAnswerBy:
    def test_expires_what_is_not_answered_under_a_name_of_its_own(self, crm, record):
        proposal = create_proposal()
        send_back(proposal, at=AT + HOUR)

        assert expiry.expire_due(at=AT + 24 * HOUR) == 0
        assert expiry.expire_due(at=AT + 25 * HOUR) == 1

        expired = current()
        assert (expired.state, expired.outcome_code) == ("expired", "answer_by_passed")
        assert expired.outcome_text == "The question was not answered in time."
        entry = Entry.objects.get(event="proposal.expired")
        assert entry.detail["due_at"] == (AT + 25 * HOUR).isoformat()

    def test_takes_no_answer_afterwards(self, crm, record):
        proposal = create_proposal()
        send_back(proposal, at=AT + HOUR)

        with pytest.raises(NotRevisable, match="past its deadline"):
            answer(proposal, at=AT + 25 * HOUR + MINUTE)


class TestTimeout:
    """The requester's own limit runs through every pause."""

    @pytest.fixture
    def limited(self, crm, record):
        return create_proposal(draft=create_draft(timeout=3 * HOUR))

    def test_ends_the_pause_before_the_agent_s_clock(self, limited):
        send_back(limited, at=AT + HOUR)
        assert current().deadline_at == AT + 3 * HOUR < current().answer_by

        expiry.expire_due(at=AT + 3 * HOUR)

        assert current().outcome_code == "decide_by_passed"

    def test_is_not_moved_by_an_answer(self, limited):
        send_back(limited, at=AT + HOUR)
        answer(limited, at=AT + 2 * HOUR)

        assert current().deadline_at == open_review().due_at == AT + 3 * HOUR

    def test_can_only_become_sooner(self, crm, record):
        proposal = create_proposal()
        send_back(proposal, at=AT + HOUR)
        answer(proposal, create_draft(timeout=HOUR), at=AT + HOUR)

        assert current().timeout_at == current().deadline_at == AT + 2 * HOUR

    def test_ends_with_the_first_decision(self, limited):
        decide(limited, at=AT + HOUR)
        outcomes.return_to_people(
            proposal_id=limited.pk,
            conflict=None,
            code="moved",
            text="It moved.",
            by=system("test"),
            at=AT + 4 * HOUR,
        )

        assert (current().timeout_at, current().deadline_at) == (None, AT + 8 * HOUR)
