"""Whose turn it is: at every moment, across clock changes, in and out of hours."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.oncall.rotations import Rotation, Span, Window, joined, moment_of, on_call, shifts
from tests.oncall.schedules import utc

BERLIN, NEW_YORK, UTC = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("UTC")
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
HOUR, DAY, WEEK = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=7)
ADA, BEN, CLEO = 1, 2, 3


def wall(year: int, month: int, day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour)  # noqa: DTZ001 - a clock on a wall has no zone


MONDAY_AT_NINE = wall(2026, 1, 5, 9)


def rotation(
    *people: int,
    zone: ZoneInfo = BERLIN,
    starts: dt.datetime = MONDAY_AT_NINE,
    length: dt.timedelta = WEEK,
    windows: tuple[Window, ...] = (),
) -> Rotation:
    """Return a weekly rotation from a Monday at nine in Berlin, unless told otherwise."""
    return Rotation(people, zone, starts, length, windows)


MOMENTS = st.datetimes(wall(2025, 6, 1), wall(2027, 6, 1), timezones=st.just(dt.UTC))
WINDOWS = st.builds(
    Window,
    st.frozensets(st.integers(1, 7), min_size=1),
    st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    st.times().map(lambda time: time.replace(second=0, microsecond=0)),
)
ROTATIONS = st.builds(
    Rotation,
    st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple),
    st.sampled_from(ZONES).map(ZoneInfo),
    st.datetimes(wall(2025, 1, 1), wall(2026, 12, 1)).map(
        lambda wall: wall.replace(second=0, microsecond=0)
    ),
    st.one_of(
        st.integers(3, 90).map(lambda hours: hours * HOUR),
        st.integers(1, 21).map(lambda days: days * DAY),
    ),
    st.lists(WINDOWS, max_size=2).map(tuple),
)


@pytest.mark.req("I2")
class TestShifts:
    def test_hand_over_at_nine_before_and_after_the_clocks_go_forward(self):
        found = shifts(rotation(ADA, BEN), utc(2026, 3, 20), utc(2026, 4, 10))

        assert [moment.starts_at.astimezone(BERLIN).hour for moment in found] == [9] * 4
        assert [(each.ends_at - each.starts_at) / HOUR for each in found] == [168, 167, 168, 168]

    def test_last_an_hour_longer_when_the_clocks_go_back(self):
        [shift] = shifts(rotation(ADA), utc(2026, 10, 24), utc(2026, 10, 25))

        assert (shift.ends_at - shift.starts_at) / HOUR == 169

    def test_begin_with_the_first_turn_and_not_before(self):
        found = shifts(rotation(ADA, BEN), utc(2025, 12, 1), utc(2026, 1, 6))

        assert found == [Span(utc(2026, 1, 5, 8), utc(2026, 1, 12, 8), ADA)]

    def test_keep_their_whole_length_at_the_edges_of_what_was_asked(self):
        [shift] = shifts(rotation(ADA, BEN), utc(2026, 1, 14), utc(2026, 1, 15))

        assert shift == Span(utc(2026, 1, 12, 8), utc(2026, 1, 19, 8), BEN)

    def test_of_twelve_hours_stay_on_the_wall_clock(self):
        halves = rotation(ADA, BEN, zone=NEW_YORK, length=12 * HOUR)
        found = shifts(halves, utc(2026, 3, 7), utc(2026, 3, 10))

        assert {each.starts_at.astimezone(NEW_YORK).hour for each in found} == {9, 21}

    def test_at_night_and_on_weekends_join_into_one_from_friday_to_monday(self):
        out_of_hours = rotation(
            ADA,
            BEN,
            windows=(
                Window(frozenset({1, 2, 3, 4, 5, 7}), dt.time(18), dt.time(9)),
                Window(frozenset({6, 7}), dt.time(0), dt.time(0)),
            ),
        )
        found = shifts(out_of_hours, utc(2026, 1, 8, 12), utc(2026, 1, 12, 12))

        assert found == [
            Span(utc(2026, 1, 8, 17), utc(2026, 1, 9, 8), ADA),
            Span(utc(2026, 1, 9, 17), utc(2026, 1, 12, 8), ADA),
        ]

    def test_of_nobody_are_none(self):
        assert shifts(rotation(), utc(2026, 1, 8), utc(2026, 2, 8)) == []

    @given(ROTATIONS, MOMENTS, st.integers(1, 20))
    def test_never_overlap_and_come_in_order(self, turns, since, days):
        found = shifts(turns, since, since + days * DAY)

        assert all(one.starts_at < one.ends_at for one in found)
        assert all(one.ends_at <= two.starts_at for one, two in pairwise(found))

    @given(ROTATIONS.filter(lambda turns: not turns.windows), MOMENTS)
    def test_leave_no_hole_once_they_have_begun(self, turns, since):
        begins = max(since, moment_of(turns.starts, turns.zone))
        found = shifts(turns, begins, begins + 10 * DAY)

        assert found[0].starts_at <= begins
        assert found[-1].ends_at >= begins + 10 * DAY
        assert all(one.ends_at == two.starts_at for one, two in pairwise(found))

    @given(ROTATIONS, MOMENTS, st.integers(0, 10 * 24 * 60))
    def test_say_the_same_as_who_is_on_call_at_a_moment(self, turns, since, minutes):
        at = since + dt.timedelta(minutes=minutes)
        found = [
            shift.person
            for shift in shifts(turns, since, since + 11 * DAY)
            if shift.starts_at <= at < shift.ends_at
        ]

        assert found == [person for person in [on_call(turns, at)] if person is not None]

    @given(ROTATIONS, MOMENTS, st.integers(1, 12), st.integers(1, 12))
    def test_are_the_same_asked_at_once_or_in_two_parts(self, turns, since, first, second):
        middle, until = since + first * DAY, since + (first + second) * DAY
        parts = {*shifts(turns, since, middle), *shifts(turns, middle, until)}

        assert sorted(parts) == shifts(turns, since, until)


class TestOnCall:
    @pytest.mark.parametrize(
        ("at", "person"),
        [
            (utc(2026, 1, 5, 7, 59), None),
            (utc(2026, 1, 5, 8, 0), ADA),
            (utc(2026, 1, 12, 7, 59), ADA),
            (utc(2026, 1, 12, 8, 0), BEN),
            (utc(2026, 1, 26, 8, 0), ADA),
        ],
    )
    def test_goes_round_by_turns(self, at, person):
        assert on_call(rotation(ADA, BEN, CLEO), at) == person


class TestJoined:
    def test_makes_one_of_what_touches(self):
        one, two, three = utc(2026, 1, 1), utc(2026, 1, 2), utc(2026, 1, 3)

        assert joined([(two, three), (one, two), (one, one)]) == [(one, three)]
