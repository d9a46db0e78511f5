"""Changes to calendars: checked, recorded, and seen by everybody with the next look."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from orchestrator.calendars import operations
from orchestrator.calendars.hours import DEFAULT, NeverOpen
from orchestrator.calendars.models import Calendar, SpecialDay
from orchestrator.calendars.public_holidays import UnknownRegion
from orchestrator.calendars.queries import calendar_named, hours_of, named_hours
from orchestrator.calendars.spans import BadHours, Span, parse_day
from orchestrator.calendars.wall_clock import UnknownZone
from orchestrator.kernel.errors import NotFound
from orchestrator.people.models import Role
from orchestrator.people.role_calendars import set_calendar
from tests.calendars.scene import create_calendar, week
from tests.factories import AT, SETUP, create_role

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5", "I1")]
FRIDAY = dt.date(2026, 11, 20)


def change(calendar, **changes):
    given = {
        "title": calendar.title,
        "zone": calendar.zone,
        "week": week(),
        "region": calendar.region,
        **changes,
    }
    return operations.change_calendar(calendar=calendar, **given, by=SETUP, at=AT)


def special(calendar, hours="", note="Move", day=FRIDAY):
    return operations.set_special_day(
        calendar=calendar, day=day, spans=parse_day(hours), note=note, by=SETUP, at=AT
    )


def events():
    return list(Entry.objects.filter(subject_kind="calendar").order_by("pk"))


class TestCreateCalendar:
    def test_stores_it_and_writes_the_ledger(self):
        create_calendar(region="DE-BE")

        hours = hours_of("sales-emea")
        assert (hours.zone, hours.region) == ("Europe/Berlin", "DE-BE")
        assert hours.week == week()
        (entry,) = events()
        assert (entry.event, entry.subject_id, entry.lane) == (
            "calendar.created",
            "sales-emea",
            "config",
        )
        assert entry.detail["zone"] == "Europe/Berlin"

    def test_refuses_a_name_that_is_taken(self):
        create_calendar()

        with pytest.raises(operations.CalendarExists):
            create_calendar()

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"zone": "Europe/Atlantis"}, UnknownZone),
            ({"region": "XX"}, UnknownRegion),
            ({"hours": ""}, NeverOpen),
        ],
    )
    def test_refuses_what_would_never_work(self, wrong, refusal):
        with pytest.raises(refusal):
            create_calendar(**wrong)
        assert not Calendar.objects.exists()

    def test_refuses_hours_that_contradict_themselves(self):
        with pytest.raises(BadHours):
            operations.create_calendar(
                slug="odd",
                title="Odd",
                zone="UTC",
                week=((Span(600, 500),), *[()] * 6),
                region="",
                by=SETUP,
                at=AT,
            )


class TestChangeCalendar:
    def test_says_whether_anything_changed(self):
        calendar = create_calendar()

        assert not change(calendar)
        assert change(calendar, week=week("08:00-16:00"))
        assert [entry.event for entry in events()] == ["calendar.created", "calendar.changed"]
        assert events()[1].detail["before"]["week"][0] == [[540, 1020]]

    def test_is_seen_with_the_next_look_though_hours_are_kept(self):
        calendar = create_calendar()
        assert hours_of("sales-emea").week == week()

        change(calendar, week=week("08:00-16:00"))
        assert hours_of("sales-emea").week == week("08:00-16:00")

        change(calendar, week=week())
        assert hours_of("sales-emea").week == week()

    def test_refuses_a_week_in_which_nobody_ever_works(self):
        calendar = create_calendar()

        with pytest.raises(NeverOpen):
            change(calendar, week=week(""))
        assert hours_of("sales-emea").week == week()


class TestSpecialDays:
    def test_are_seen_with_the_next_look(self):
        calendar = create_calendar()
        assert hours_of("sales-emea").spans_on(FRIDAY) == parse_day("09:00-17:00")

        special(calendar, "10:00-12:00")
        assert hours_of("sales-emea").spans_on(FRIDAY) == parse_day("10:00-12:00")

        operations.remove_special_day(calendar=calendar, day=FRIDAY, by=SETUP, at=AT)
        assert hours_of("sales-emea").spans_on(FRIDAY) == parse_day("09:00-17:00")
        assert [entry.event for entry in events()][1:] == [
            "calendar.special_day_set",
            "calendar.special_day_removed",
        ]

    def test_are_replaced_by_what_is_said_later(self):
        calendar = create_calendar()
        special(calendar, "10:00-12:00")
        special(calendar, "", note="Flood")

        only = SpecialDay.objects.get()
        assert (only.spans, only.note) == ([], "Flood")

    def test_need_a_note(self):
        with pytest.raises(operations.NoteMissing):
            special(create_calendar(), note="  ")

    def test_cannot_be_removed_where_there_are_none(self):
        with pytest.raises(NotFound, match="no special day"):
            operations.remove_special_day(calendar=create_calendar(), day=FRIDAY, by=SETUP, at=AT)

    def test_may_not_close_a_calendar_for_good(self):
        calendar = operations.create_calendar(
            slug="rare",
            title="Rare",
            zone="UTC",
            week=((Span(540, 1020),), *[()] * 6),
            region="",
            by=SETUP,
            at=AT,
        )
        monday = dt.date(2029, 1, 1)
        for week_number in range(57):
            special(calendar, day=monday + dt.timedelta(weeks=week_number))

        with pytest.raises(NeverOpen):
            special(calendar, day=monday + dt.timedelta(weeks=57))

    def test_are_one_a_day_and_say_why_also_in_the_database(self):
        calendar = create_calendar()
        special(calendar)
        for wrong in ({"day": FRIDAY, "note": "Twice"}, {"day": dt.date(2026, 1, 1), "note": ""}):
            with pytest.raises(IntegrityError), transaction.atomic():
                SpecialDay.objects.create(calendar=calendar, **wrong)


class TestHoursOf:
    def test_are_those_of_everybody_for_no_name_and_for_an_unknown_one(self):
        assert hours_of("") is DEFAULT
        assert hours_of("nowhere") is DEFAULT

    def test_ask_nothing_without_a_name_and_one_question_for_many(self):
        create_calendar()
        create_calendar(slug="other")
        named_hours({"sales-emea", "other"})

        for slugs, questions in (({""}, 0), ({"sales-emea", "other", ""}, 1)):
            with CaptureQueriesContext(connection) as seen:
                named_hours(slugs)
            assert len(seen) == questions

    def test_know_their_calendar_by_name(self):
        create_calendar()

        found = named_hours({"sales-emea"})["sales-emea"]

        assert (found.slug, found.title) == ("sales-emea", "Sales EMEA")

    def test_there_is_no_calendar_of_any_name(self):
        with pytest.raises(NotFound):
            calendar_named("nowhere")


class TestCalendarOfARole:
    def test_is_given_and_taken_with_an_entry_each(self):
        calendar, role = create_calendar(), create_role(slug="deal-desk")

        assert set_calendar(role=role, calendar=calendar, by=SETUP, at=AT)
        assert not set_calendar(role=role, calendar=calendar, by=SETUP, at=AT)
        assert Role.objects.get().calendar == calendar
        assert set_calendar(role=role, calendar=None, by=SETUP, at=AT)

        told = Entry.objects.filter(event="role.calendar_set").order_by("pk")
        assert [entry.detail for entry in told] == [
            {"calendar": "sales-emea", "before": ""},
            {"calendar": "", "before": "sales-emea"},
        ]
