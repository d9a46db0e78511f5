"""Ten days between Potsdam and New York: both change their clocks, and one has a holiday."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from approvals import expiry, sla_breaches
from approvals.models import Proposal, Review
from audit.models import Entry
from tests.approvals.clockwork import workflow_with, works_by
from tests.approvals.deciding import answer, decide, send_back
from tests.calendars.scene import create_calendar
from tests.factories import create_draft, create_proposal

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5", "I1")]
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
HOUR = dt.timedelta(hours=1)
OCTOBER, NOVEMBER, MARCH = 10, 11, 3


def berlin(month, day, hour):
    return dt.datetime(2028, month, day, hour, tzinfo=BERLIN)


def new_york(month, day, hour):
    return dt.datetime(2028, month, day, hour, tzinfo=NEW_YORK)


@pytest.fixture
def deal(crm, record):
    """A large deal: the desk in Potsdam decides first, then an account manager in New York."""
    create_calendar(slug="potsdam", title="Potsdam", region="DE-BB")
    works_in_new_york = create_calendar(
        slug="new-york", title="New York", zone="America/New_York", region="US"
    )
    workflow_with(
        "decide_within: 6 business hours, calendar: potsdam",
        escalation="escalation: [{{ at: 300%, do: deny }}]\n",
    )
    works_by("ae-manager", works_in_new_york)
    return crm.edit(record, Amount=90000.0)


def open_review():
    return Review.objects.get(state="open")


def sweep(at):
    return sla_breaches.record_breaches(at=at), expiry.expire_due(at=at)


@pytest.mark.usefixtures("deal")
def test_autumn_with_a_question_and_a_holiday():
    # Friday before the clocks go back in Berlin: two hours today, four on Monday.
    proposal = create_proposal(at=berlin(OCTOBER, 27, 15))
    assert open_review().due_at == berlin(OCTOBER, 30, 13)
    assert open_review().due_at - open_review().opened_at == 71 * HOUR
    # Two hours, eight on Monday, none on Reformation Day, eight on Wednesday.
    assert proposal.deadline_at == berlin(NOVEMBER, 1, 17)

    # New York still has summer time: its day begins five hours after that of Berlin.
    decide(proposal, "ben", at=berlin(OCTOBER, 30, 12))
    assert open_review().due_at == new_york(OCTOBER, 30, 15)

    send_back(proposal, "cleo", at=new_york(OCTOBER, 30, 10))
    paused = Proposal.objects.get()
    assert (Review.objects.get(state="sent_back").remaining, paused.decide_left) == (
        5 * HOUR,
        10 * HOUR,
    )
    assert paused.answer_by == new_york(OCTOBER, 31, 10)
    assert sweep(new_york(OCTOBER, 31, 6)) == (0, 0)

    # Answered on the holiday: nobody in Potsdam works before Wednesday.
    answered = answer(proposal, at=berlin(OCTOBER, 31, 12))
    assert open_review().due_at == berlin(NOVEMBER, 1, 15)
    assert answered.deadline_at == berlin(NOVEMBER, 2, 11)

    decide(answered, "ben", at=berlin(NOVEMBER, 1, 14))
    assert (open_review().role.slug, open_review().due_at) == (
        "ae-manager",
        new_york(NOVEMBER, 1, 14),
    )
    assert sweep(new_york(NOVEMBER, 1, 13)) == (0, 0)
    assert sweep(new_york(NOVEMBER, 1, 14)) == (1, 0)
    assert sweep(new_york(NOVEMBER, 1, 15)) == (0, 0)
    assert decide(answered, "cleo", at=new_york(NOVEMBER, 1, 15)).state == "approved"
    assert Entry.objects.filter(event="review.overdue").count() == 1


@pytest.mark.usefixtures("deal")
def test_autumn_in_new_york():
    draft = create_draft(action="change_amount", fields={"Amount": 80000}, confidence=None)
    # Friday before the clocks go back there: two hours today, four on Monday, by winter time.
    create_proposal(draft=draft, at=new_york(NOVEMBER, 3, 15))

    assert open_review().due_at == new_york(NOVEMBER, 6, 13)
    assert open_review().due_at - open_review().opened_at == 71 * HOUR


@pytest.mark.usefixtures("deal")
@pytest.mark.parametrize(
    ("action", "fields", "opened", "due"),
    [
        ("change_stage", None, berlin(MARCH, 24, 15), berlin(MARCH, 27, 13)),
        ("change_amount", {"Amount": 80000}, new_york(MARCH, 10, 15), new_york(MARCH, 13, 13)),
    ],
)
def test_spring_takes_an_hour_from_the_weekend_and_none_from_the_people(
    action, fields, opened, due
):
    create_proposal(draft=create_draft(action=action, fields=fields), at=opened)

    assert open_review().due_at == due
    assert open_review().due_at - open_review().opened_at == 69 * HOUR
