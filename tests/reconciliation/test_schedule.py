"""Daily runs come at their hour, once a day and org, however many beats there are."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from orchestrator.orgs.models import Org
from orchestrator.reconciliation import running, schedule
from orchestrator.reconciliation.models import Reconciliation
from tests.factories import AT, SETUP, create_org, create_workflow
from tests.reconciliation.scene import at_clock

pytestmark = [pytest.mark.django_db, pytest.mark.req("D3")]
TWO = dt.datetime(2026, 11, 19, 2, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def org(crm) -> Org:
    create_workflow()
    create_org(slug="own", kind="control")
    return create_org()


def scheduled() -> Reconciliation:
    return Reconciliation.objects.get(state="scheduled")


def beat(at: dt.datetime) -> None:
    """Do what the sweep does."""
    schedule.plan_ahead(at=at)
    schedule.begin_due(at=at)
    running.advance_due(at_clock=at_clock(at))


class TestTheDailyRun:
    def test_is_a_row_with_the_next_configured_hour(self):
        schedule.plan_ahead(at=AT)

        assert (scheduled().due_at, scheduled().day) == (TWO, TWO.date())

    def test_follows_the_setting(self, settings):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "reconciliation_hour": 14}

        assert schedule.next_daily(AT) == AT.replace(hour=14)

    def test_begins_when_it_is_due_and_not_before(self):
        beat(AT)
        beat(TWO - dt.timedelta(seconds=1))
        assert not Reconciliation.objects.exclude(state="scheduled").exists()

        beat(TWO)

        done = Reconciliation.objects.get(state="finished")
        assert (done.cause, done.day, done.started_at) == ("daily", TWO.date(), TWO)

    def test_comes_once_a_day(self):
        for hour in range(0, 72, 3):
            beat(AT + dt.timedelta(hours=hour))

        days = Reconciliation.objects.filter(state="finished").values_list("day", flat=True)
        assert sorted(days) == [TWO.date(), (TWO + DAY).date(), (TWO + 2 * DAY).date()]

    def test_collapses_missed_days_into_one(self):
        beat(AT)

        for minute in range(3):
            beat(TWO + 5 * DAY + dt.timedelta(hours=3, minutes=minute))

        assert Reconciliation.objects.filter(state="finished").count() == 1
        assert scheduled().due_at == TWO + 6 * DAY

    def test_waits_for_a_run_under_way(self, org):
        beat(AT)
        asked = schedule.start(org=org, by=SETUP, at=TWO)

        assert schedule.begin_due(at=TWO) == 0
        running.advance_due(at_clock=at_clock(TWO))
        asked.refresh_from_db()
        assert asked.state == "finished"
        assert schedule.begin_due(at=TWO + dt.timedelta(minutes=1)) == 1

    def test_is_begun_by_one_of_several_beats(self):
        beat(AT)

        assert schedule.begin_due(at=TWO) == 1
        assert schedule.begin_due(at=TWO) == 0
        schedule.plan_ahead(at=TWO)
        assert Reconciliation.objects.filter(day=TWO.date()).count() == 1

    def test_leaves_our_own_configuration_alone(self):
        schedule.plan_ahead(at=AT)

        assert scheduled().org.slug == "acme-prod"


class TestARunOnDemand:
    def test_is_refused_while_one_is_under_way(self, org):
        schedule.start(org=org, by=SETUP, at=AT)

        with pytest.raises(schedule.AlreadyRunning):
            schedule.start(org=org, by=SETUP, at=AT)

    def test_is_refused_for_our_own_configuration(self):
        with pytest.raises(schedule.NothingToReconcile):
            schedule.start(org=Org.objects.get(slug="own"), by=SETUP, at=AT)

    def test_stands_in_the_ledger_with_its_end(self, org):
        schedule.start(org=org, by=SETUP, at=AT)
        running.advance_due(at_clock=at_clock(AT))

        entries = Entry.objects.filter(event__startswith="reconciliation.").order_by("pk")
        assert [(each.event, each.detail["org"]) for each in entries] == [
            ("reconciliation.started", org.slug),
            ("reconciliation.finished", org.slug),
        ]
        assert entries[0].actor_label == SETUP.label


@pytest.mark.parametrize("state", ["running", "scheduled"])
def test_the_database_refuses_a_second_row_per_org_that_is(org, state):
    common = {"org": org, "state": state, "cause": "demand", "by_label": "x", "due_at": AT}
    started = AT if state == "running" else None
    Reconciliation.objects.create(**common, started_at=started)

    with pytest.raises(IntegrityError), transaction.atomic():
        Reconciliation.objects.create(**common, started_at=started)


def test_the_database_refuses_a_second_daily_run_of_a_day(org):
    common = {"org": org, "cause": "daily", "day": AT.date(), "by_label": "x", "due_at": AT}
    Reconciliation.objects.create(**common, state="finished", started_at=AT, finished_at=AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        Reconciliation.objects.create(**common, state="scheduled")
