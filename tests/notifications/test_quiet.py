"""Quiet hours and digest times, also where the clock is put forward and back."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from orchestrator.notifications.quiet import QuietHours, is_zone, next_digest

pytestmark = pytest.mark.req("I2")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [BERLIN, *map(ZoneInfo, ("America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"))]
NIGHT = QuietHours(BERLIN, dt.time(22), dt.time(7), frozenset(range(7)))
MOMENTS = st.datetimes(
    min_value=dt.datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=dt.datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)
TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))
QUIET = st.builds(
    QuietHours, st.sampled_from(ZONES), TIMES, TIMES, st.frozensets(st.integers(0, 6))
).filter(lambda quiet: quiet.starts != quiet.ends)


def berlin(
    year: int, month: int, day: int, hour: int, minute: int = 0, *, fold: int = 0
) -> dt.datetime:
    local = dt.datetime(year, month, day, hour, minute, tzinfo=BERLIN, fold=fold)
    return local.astimezone(dt.UTC)


class TestQuietHours:
    def test_end_in_the_morning_after(self):
        assert NIGHT.until(berlin(2026, 11, 18, 23)) == berlin(2026, 11, 19, 7)
        assert NIGHT.until(berlin(2026, 11, 19, 6, 59)) == berlin(2026, 11, 19, 7)

    def test_are_over_at_their_end(self):
        assert NIGHT.until(berlin(2026, 11, 19, 7)) == berlin(2026, 11, 19, 7)

    def test_belong_to_the_day_on_which_they_begin(self):
        friday = QuietHours(BERLIN, dt.time(22), dt.time(7), frozenset({4}))
        saturday_morning = berlin(2026, 11, 21, 6)
        assert friday.until(saturday_morning) == berlin(2026, 11, 21, 7)
        assert friday.until(berlin(2026, 11, 21, 22, 30)) == berlin(2026, 11, 21, 22, 30)

    @pytest.mark.parametrize(("month", "day", "hours"), [(3, 28, 8), (10, 24, 10)])
    def test_keep_to_the_wall_clock_over_a_change(self, month, day, hours):
        start = berlin(2026, month, day, 22)
        assert NIGHT.until(start) - start == dt.timedelta(hours=hours)

    def test_end_with_the_second_of_two_like_times(self):
        quiet = QuietHours(BERLIN, dt.time(0), dt.time(2, 30), frozenset({6}))
        assert quiet.until(berlin(2026, 10, 25, 1)) == berlin(2026, 10, 25, 2, 30, fold=1)

    @settings(max_examples=150, deadline=None)
    @given(quiet=QUIET, at=MOMENTS)
    def test_always_end_at_a_moment_that_is_not_quiet(self, quiet, at):
        end = quiet.until(at)
        assert end >= at
        assert quiet.until(end) == end
        assert end - at < dt.timedelta(days=8)

    @settings(max_examples=100, deadline=None)
    @given(quiet=QUIET, at=MOMENTS)
    def test_agree_with_a_look_at_the_wall_clock(self, quiet, at):
        at = at.replace(second=0, microsecond=0)
        local = at.astimezone(quiet.zone)
        assume(not _changes_near(local))  # the days of a change have tests of their own
        minutes = _minutes(local.time())
        starts, ends = _minutes(quiet.starts), _minutes(quiet.ends)
        today, yesterday = local.weekday(), (local.weekday() - 1) % 7
        if starts < ends:
            is_quiet = today in quiet.weekdays and starts <= minutes < ends
        else:
            is_quiet = (today in quiet.weekdays and minutes >= starts) or (
                yesterday in quiet.weekdays and minutes < ends
            )
        assert (quiet.until(at) > at) == is_quiet


class TestDigests:
    @settings(max_examples=100, deadline=None)
    @given(zone=st.sampled_from(ZONES), after=MOMENTS, time=TIMES)
    def test_come_once_on_every_day(self, zone, after, time):
        due, days = after, []
        for _ in range(8):
            due = next_digest(after=due, zone=zone, time=time)
            days.append(due.astimezone(zone).date())
        assert days == sorted(set(days))
        assert days[-1] - days[0] == dt.timedelta(days=7)

    @settings(max_examples=60, deadline=None)
    @given(zone=st.sampled_from(ZONES), after=MOMENTS, time=TIMES, weekday=st.integers(0, 6))
    def test_come_once_a_week_where_that_is_wanted(self, zone, after, time, weekday):
        due = next_digest(after=after, zone=zone, time=time, weekday=weekday)
        assert after < due <= after + dt.timedelta(days=7, hours=2)
        assert due.astimezone(zone).weekday() == weekday

    def test_keep_to_the_wall_clock_over_a_change(self):
        due = next_digest(after=berlin(2026, 3, 28, 9), zone=BERLIN, time=dt.time(8))
        assert due == berlin(2026, 3, 29, 8)


def test_a_zone_is_one_that_the_machine_knows():
    assert is_zone("UTC")
    assert is_zone("Europe/Berlin")
    assert not is_zone("Europe/Nowhere")
    assert not is_zone("../etc/passwd")


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _changes_near(local: dt.datetime) -> bool:
    day = dt.timedelta(days=1)
    near = {(local + day * n).replace(hour=12).utcoffset() for n in (-2, -1, 0, 1, 2)}
    return len(near) > 1
