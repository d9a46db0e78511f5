"""Working time between moments, and the moment after so much of it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from orchestrator.calendars.hours import DEFAULT, NeverOpen, WorkingHours
from orchestrator.calendars.spans import Span, checked_day, parse_day

pytestmark = pytest.mark.req("A5")
HOUR, MINUTE, NOTHING = dt.timedelta(hours=1), dt.timedelta(minutes=1), dt.timedelta(0)
OFFICE = parse_day("09:00-17:00")
ALWAYS = (parse_day("00:00-24:00"),) * 7
NIGHTS = (parse_day("00:00-06:00, 22:00-24:00"),) * 7
# Days around which clocks jump, in a place where they do.
TURNS = [
    ("Europe/Berlin", dt.date(2026, 3, 29)),
    ("Europe/Berlin", dt.date(2026, 10, 25)),
    ("America/New_York", dt.date(2026, 3, 8)),
    ("America/New_York", dt.date(2026, 11, 1)),
    # Half an hour only; over midnight; a whole day.
    ("Australia/Lord_Howe", dt.date(2026, 4, 5)),
    ("Australia/Lord_Howe", dt.date(2026, 10, 4)),
    ("America/Havana", dt.date(2026, 3, 8)),
    ("America/Havana", dt.date(2026, 11, 1)),
    ("America/Goose_Bay", dt.date(2010, 11, 7)),
    ("Pacific/Apia", dt.date(2011, 12, 30)),
    ("UTC", dt.date(2026, 7, 1)),
]


def utc(day, hour, minute=0, *, month=11, year=2026):
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)


@st.composite
def days(draw):
    edges = draw(st.lists(st.integers(0, 288), max_size=6, unique=True).map(sorted))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return checked_day(Span(opens * 5, closes * 5) for opens, closes in pairs)


@st.composite
def scenes(draw):
    """Return hours in a zone, and three moments in order around a day on which its clocks turn."""
    zone, turn = draw(st.sampled_from(TURNS))
    week = tuple(draw(days()) for _ in range(7))
    assume(any(week))
    special = draw(st.dictionaries(st.integers(-2, 2), days(), max_size=2))
    hours = WorkingHours(
        zone=zone,
        week=week,
        region=draw(st.sampled_from(["", "US", "DE-BE"])),
        special=tuple((turn + dt.timedelta(days=day), open_) for day, open_ in special.items()),
    )
    start = dt.datetime.combine(turn, dt.time(), dt.UTC) - dt.timedelta(days=2)
    minutes = draw(st.lists(st.integers(0, 4 * 1440), min_size=3, max_size=3).map(sorted))
    return hours, *(start + minute * MINUTE for minute in minutes)


def shows_open(hours, at):
    """Say what people would who look at a clock on the wall, and remember what it showed before."""
    zone = ZoneInfo(hours.zone)
    shown = at.astimezone(zone)
    while shown.fold:
        # It shows this for the second time: nothing opens or closes until the hour is through.
        at -= MINUTE
        shown = at.astimezone(zone)
    minute = shown.hour * 60 + shown.minute
    return any(span.opens <= minute < span.closes for span in hours.spans_on(shown.date()))


def slowly_between(hours, start, end):
    """Count the open minutes one by one."""
    minutes = int((end - start) / MINUTE)
    return sum(shows_open(hours, start + number * MINUTE) for number in range(minutes)) * MINUTE


# A machine with other work to do is no reason for a law to fail.
patient = settings(deadline=None)


class TestLaws:
    @patient
    @given(scenes(), st.integers(1, 60))
    def test_adding_what_lies_between_leads_back(self, scene, minutes):
        hours, start, later, _ = scene
        opens = hours.next_open(later)
        end = opens + minutes * MINUTE
        # In working time: it is open until then, if not longer.
        assume(hours.between(opens, end) == minutes * MINUTE)

        assert hours.add(hours.between(start, end), start) == end

    @patient
    @given(scenes())
    def test_working_time_is_additive(self, scene):
        hours, first, second, third = scene

        assert hours.between(first, second) + hours.between(second, third) == hours.between(
            first, third
        )
        assert hours.between(third, first) == -hours.between(first, third)

    @patient
    @given(scenes(), st.integers(1, 3000), st.integers(0, 600))
    def test_adding_is_monotonic(self, scene, minutes, more):
        hours, earlier, later, _ = scene
        length = minutes * MINUTE

        assert hours.add(length, earlier) <= hours.add(length, later)
        assert hours.add(length, earlier) <= hours.add(length + more * MINUTE, earlier)

    @patient
    @given(scenes(), st.integers(1, 3000))
    def test_exactly_the_amount_added_lies_between(self, scene, minutes):
        hours, start, *_ = scene
        length = minutes * MINUTE

        assert hours.between(start, hours.add(length, start)) == length

    @patient
    @given(scenes())
    def test_opens_next_when_it_is_open_and_not_before(self, scene):
        hours, at, *_ = scene
        opens = hours.next_open(at)

        assert hours.is_open(opens)
        assert hours.between(at, opens) == NOTHING


class TestAgainstASlowClock:
    @patient
    @given(scenes())
    @example(
        (
            WorkingHours("America/Goose_Bay", NIGHTS),
            *[utc(7, hour, year=2010) for hour in (2, 4, 6)],
        )
    )
    def test_counts_what_a_minute_by_minute_watch_counts(self, scene):
        hours, first, second, _ = scene

        assert hours.between(first, second) == slowly_between(hours, first, second)

    @patient
    @given(scenes())
    def test_is_open_when_the_clock_on_the_wall_says_so(self, scene):
        hours, *moments = scene

        assert [hours.is_open(at) for at in moments] == [shows_open(hours, at) for at in moments]


class TestDaylightSaving:
    """What a night of 22:00 to 6:00 and a day around the clock are worth."""

    @pytest.mark.parametrize(
        ("zone", "noon", "night", "day"),
        [
            ("Europe/Berlin", utc(28, 11, month=3), 7 * HOUR, 23 * HOUR),
            ("Europe/Berlin", utc(24, 10, month=10), 9 * HOUR, 25 * HOUR),
            ("America/New_York", utc(7, 17, month=3), 7 * HOUR, 23 * HOUR),
            ("America/New_York", utc(31, 16, month=10), 9 * HOUR, 25 * HOUR),
            ("Europe/Berlin", utc(20, 11), 8 * HOUR, 24 * HOUR),
        ],
    )
    def test_a_skipped_hour_is_not_worked_and_a_repeated_one_is_worked_twice(
        self, zone, noon, night, day
    ):
        next_noon = noon + day

        assert noon.astimezone(ZoneInfo(zone)).time() == dt.time(12)
        assert next_noon.astimezone(ZoneInfo(zone)).time() == dt.time(12)
        assert WorkingHours(zone, NIGHTS).between(noon, next_noon) == night
        assert WorkingHours(zone, ALWAYS).between(noon, next_noon) == day

    def test_office_hours_stay_eight_whatever_the_clocks_do(self):
        berlin = WorkingHours("Europe/Berlin")

        for monday in (utc(23, 0, month=3), utc(30, 0, month=3), utc(19, 0, month=10)):
            assert berlin.between(monday, monday + dt.timedelta(days=7)) == 40 * HOUR

    def test_a_span_within_the_skipped_hour_is_empty(self):
        early = WorkingHours("Europe/Berlin", (parse_day("02:00-02:45"),) * 7)
        saturday = utc(28, 12, month=3)

        assert early.between(saturday, saturday + 24 * HOUR) == NOTHING
        assert early.add(45 * MINUTE, saturday) == utc(30, 0, 45, month=3)

    def test_a_span_within_the_repeated_hour_counts_its_first_time_only(self):
        early = WorkingHours("Europe/Berlin", (parse_day("02:00-02:45"),) * 7)

        assert early.between(utc(24, 12, month=10), utc(25, 12, month=10)) == 45 * MINUTE
        assert not early.is_open(utc(25, 1, 30, month=10))


class TestHolidaysAndSpecialDays:
    def test_a_holiday_is_closed_in_its_region_only(self):
        monday = utc(5, 0, month=10)
        week = dt.timedelta(days=7)

        # The 9th of October 2026 is nothing special; Columbus Day is the 12th in New York.
        assert (
            WorkingHours("America/New_York", region="US").between(monday + week, monday + 2 * week)
            == 32 * HOUR
        )
        assert (
            WorkingHours("America/New_York", region="NYSE").between(
                monday + week, monday + 2 * week
            )
            == 40 * HOUR
        )

    def test_a_special_day_beats_weekday_and_holiday(self):
        christmas, saturday = dt.date(2026, 12, 25), dt.date(2026, 12, 19)
        hours = WorkingHours(
            "Europe/Berlin",
            region="DE",
            special=((saturday, parse_day("10:00-12:00")), (christmas, parse_day("10:00-11:00"))),
        )

        assert hours.is_open(utc(19, 9, 30, month=12))
        assert hours.between(utc(25, 0, month=12), utc(26, 0, month=12)) == HOUR
        assert hours.spans_on(dt.date(2026, 12, 26)) == ()


class TestBounds:
    def test_gives_up_where_it_never_opens(self):
        never = WorkingHours(week=((),) * 7)

        for ask in (lambda: never.add(HOUR, utc(1, 0)), lambda: never.next_open(utc(1, 0))):
            with pytest.raises(NeverOpen, match="no open hour for 400 days"):
                ask()
        assert never.between(utc(1, 0), utc(1, 0, year=2027)) == NOTHING

    def test_waits_more_than_a_year_for_the_one_open_day(self):
        rare = WorkingHours(week=((),) * 7, special=((dt.date(2027, 12, 1), OFFICE),))

        assert rare.next_open(utc(1, 0)) == utc(1, 9, month=12, year=2027)
        with pytest.raises(NeverOpen):
            rare.add(9 * HOUR, utc(1, 0))

    def test_refuses_an_amount_of_half_a_century(self):
        with pytest.raises(NeverOpen, match="too much"):
            DEFAULT.add(dt.timedelta(days=9000), utc(1, 0))

    def test_adding_nothing_changes_nothing(self):
        saturday = utc(21, 12)

        assert DEFAULT.add(NOTHING, saturday) == saturday


class TestUsualDay:
    @pytest.mark.parametrize(
        ("week", "day", "whole_week"),
        [
            ((OFFICE,) * 5 + ((), ()), 8 * HOUR, 40 * HOUR),
            # Half a Friday: the average of the days that open at all.
            ((OFFICE,) * 4 + (parse_day("09:00-13:00"), (), ()), 7.2 * HOUR, 36 * HOUR),
            (ALWAYS, 24 * HOUR, 168 * HOUR),
            ((OFFICE,) + ((),) * 6, 8 * HOUR, 8 * HOUR),
            (((),) * 7, 8 * HOUR, 40 * HOUR),
        ],
    )
    def test_is_the_average_of_the_days_that_open(self, week, day, whole_week):
        hours = WorkingHours(week=week)

        assert (hours.usual_day, hours.usual_week) == (day, whole_week)

    def test_does_not_change_with_holidays(self):
        assert WorkingHours(region="DE").usual_day == 8 * HOUR


def test_an_answer_is_in_utc_whatever_was_asked_in():
    asked = dt.datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Tokyo"))

    assert DEFAULT.add(HOUR, asked).tzinfo is dt.UTC
    assert DEFAULT.next_open(asked).tzinfo is dt.UTC
