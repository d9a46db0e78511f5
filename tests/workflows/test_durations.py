"""Durations as people write them, and working hours."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.calendars.hours import DEFAULT, WorkingHours
from orchestrator.calendars.spans import parse_day
from orchestrator.workflows.durations import (
    BadDuration,
    Duration,
    add,
    after,
    amount_of,
    left,
    parse_duration,
    share,
    span,
)

BERLIN = ZoneInfo("Europe/Berlin")
IN_BERLIN = WorkingHours("Europe/Berlin")
HOUR = dt.timedelta(hours=1)


def berlin(day, hour, minute=0, month=11):
    return dt.datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


class TestParseDuration:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("30 minutes", Duration(30, "minute")),
            ("24 hours", Duration(24, "hour")),
            ("1 business day", Duration(1, "day", business=True)),
            ("4 business hours", Duration(4, "hour", business=True)),
            (" 1  week ", Duration(1, "week")),
        ],
    )
    def test_reads(self, text, expected):
        assert parse_duration(text) == expected

    @pytest.mark.parametrize(
        "text", ["", "4", "hours", "0 hours", "-1 hours", "1.5 hours", "4 fortnights",
                 "4 business", "100000 hours", "4 hours 30 minutes", "four hours"],
    )  # fmt: skip
    def test_refuses(self, text):
        with pytest.raises(BadDuration, match="write it like"):
            parse_duration(text)

    @given(
        st.builds(
            Duration,
            st.integers(1, 99_999),
            st.sampled_from(["minute", "hour", "day", "week"]),
            st.booleans(),
        )
    )
    def test_reads_back_what_a_duration_says_of_itself(self, duration):
        assert parse_duration(str(duration)) == duration


class TestSpan:
    def test_is_the_length_by_the_clock(self):
        assert span("1 day") == dt.timedelta(days=1)

    def test_refuses_working_hours(self):
        with pytest.raises(BadDuration, match="no fixed length"):
            span("1 business day")


class TestAdd:
    def test_counts_plain_hours_by_the_clock(self):
        start = berlin(20, 16)

        assert add("24 hours", start, IN_BERLIN) == start + dt.timedelta(hours=24)

    @pytest.mark.parametrize(
        ("text", "start", "end"),
        [
            # The 20th is a Friday, the 23rd a Monday.
            ("4 business hours", berlin(20, 10), berlin(20, 14)),
            ("4 business hours", berlin(20, 15), berlin(23, 11)),
            ("4 business hours", berlin(21, 12), berlin(23, 13)),
            ("4 business hours", berlin(20, 22), berlin(23, 13)),
            ("4 business hours", berlin(20, 3), berlin(20, 13)),
            ("8 business hours", berlin(20, 9), berlin(20, 17)),
            ("1 business day", berlin(20, 10), berlin(23, 10)),
            ("1 business week", berlin(18, 12), berlin(25, 12)),
            ("90 business minutes", berlin(20, 16, 30), berlin(23, 10)),
        ],
    )
    def test_counts_working_hours_from_monday_to_friday(self, text, start, end):
        assert add(text, start, IN_BERLIN) == end

    def test_keeps_to_the_wall_clock_when_the_clocks_change(self):
        # The night to the 25th of October is an hour longer in Berlin.
        friday = berlin(23, 16, month=10)

        assert add("2 business hours", friday, IN_BERLIN) == berlin(26, 10, month=10)

    def test_answers_in_utc(self):
        assert add("1 business hour", berlin(20, 10), IN_BERLIN).tzinfo is dt.UTC

    @given(
        st.integers(0, 1_000_000),
        st.integers(1, 500),
        st.integers(1, 500),
    )
    def test_working_time_adds_up(self, minutes, first, second):
        begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
        at_once = add(Duration(first + second, "minute", True), begin, DEFAULT)
        in_steps = add(
            Duration(second, "minute", True),
            add(Duration(first, "minute", True), begin, DEFAULT),
            DEFAULT,
        )

        assert at_once == in_steps > begin


class TestAmountOf:
    """A business day is what the calendar's people call a day."""

    @pytest.mark.parametrize(
        ("text", "hours", "expected"),
        [
            ("90 minutes", DEFAULT, 1.5 * HOUR),
            ("1 day", DEFAULT, 24 * HOUR),
            ("4 business hours", DEFAULT, 4 * HOUR),
            ("1 business day", DEFAULT, 8 * HOUR),
            ("2 business weeks", DEFAULT, 80 * HOUR),
            ("1 business day", WorkingHours(week=(parse_day("09:00-13:00"),) * 7), 4 * HOUR),
            ("1 business week", WorkingHours(week=(parse_day("09:00-13:00"),) * 7), 28 * HOUR),
            ("1 business day", WorkingHours(week=(parse_day("00:00-24:00"),) * 7), 24 * HOUR),
        ],
    )
    def test_is_by_the_clock_or_by_the_calendar(self, text, hours, expected):
        assert amount_of(text, hours) == expected

    def test_of_a_business_day_passes_within_one_usual_day(self):
        morning = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)

        assert add("1 business day", morning, DEFAULT) == morning + 8 * HOUR

    def test_shares_are_a_minute_at_least(self):
        assert share("4 business hours", 50, DEFAULT) == 2 * HOUR
        assert share("1 minute", 10, DEFAULT) == dt.timedelta(minutes=1)


class TestLeft:
    def test_counts_working_time_or_the_clock(self):
        friday, monday = berlin(20, 16), berlin(23, 10)

        assert left(friday, monday, IN_BERLIN, business=True) == 2 * HOUR
        assert left(friday, monday, IN_BERLIN, business=False) == 66 * HOUR

    def test_is_never_less_than_nothing(self):
        assert left(berlin(23, 10), berlin(20, 16), IN_BERLIN, business=True) == 0 * HOUR

    @given(st.integers(0, 20_000), st.integers(1, 3000), st.booleans())
    def test_stopping_and_going_on_keeps_the_amount(self, minutes, amount, business):
        begin = dt.datetime(2026, 3, 20, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
        whole = dt.timedelta(minutes=amount)

        ends = after(whole, begin, IN_BERLIN, business=business)

        assert left(begin, ends, IN_BERLIN, business=business) == whole
