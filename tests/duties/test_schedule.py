"""When duties come round: weeks, months, working days, and clocks that change."""

import datetime as dt

import pytest

from orchestrator.calendars.hours import DEFAULT, WorkingHours
from orchestrator.calendars.spans import Span
from orchestrator.duties.schedule import Occurrence, Schedule, come_round, due_after, next_after

pytestmark = pytest.mark.req("I4")
NINE, HALF_PAST_TWO = dt.time(9), dt.time(2, 30)
BERLIN = "Europe/Berlin"


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def days(found: list[Occurrence]) -> list[str]:
    return [f"{each.at:%m-%d}" for each in found]


class TestEveryWeek:
    def test_comes_round_on_its_day(self):
        found = next_after(Schedule("weekly", 0, NINE), at("2026-11-18T10:00"))

        assert found == Occurrence("2026-W48", at("2026-11-23T09:00"))

    def test_is_not_now_but_next_week_at_its_very_moment(self):
        assert next_after(Schedule("weekly", 0, NINE), at("2026-11-23T09:00")).period == "2026-W49"

    @pytest.mark.parametrize(
        ("after", "utc"),
        [
            ("2026-03-26T00:00", "2026-03-29T01:00"),  # 02:30 is skipped: when the clocks jump
            ("2026-10-22T00:00", "2026-10-25T00:30"),  # 02:30 comes twice: the first one
            ("2026-07-01T00:00", "2026-07-05T00:30"),
            ("2026-12-01T00:00", "2026-12-06T01:30"),
        ],
    )
    def test_keeps_its_time_on_the_clocks_of_its_zone(self, after, utc):
        sunday = Schedule("weekly", 6, HALF_PAST_TWO, BERLIN)

        assert next_after(sunday, at(after)).at == at(utc)

    def test_comes_round_once_a_week_over_both_turns_of_the_clocks(self):
        sunday = Schedule("weekly", 6, HALF_PAST_TWO, BERLIN)
        found = come_round(sunday, at("2026-01-01T00:00"), at("2026-12-31T00:00"))

        assert len(found) == len({each.period for each in found}) == 52

    def test_names_weeks_as_people_count_them_over_the_end_of_a_year(self):
        found = come_round(
            Schedule("weekly", 4, NINE), at("2026-12-21T00:00"), at("2027-01-10T00:00")
        )

        assert [each.period for each in found] == ["2026-W52", "2026-W53", "2027-W01"]


class TestEveryMonth:
    def test_is_on_the_last_day_where_the_month_is_shorter(self):
        found = come_round(
            Schedule("monthly", 31, NINE), at("2027-12-31T00:00"), at("2028-05-01T00:00")
        )

        assert days(found) == ["12-31", "01-31", "02-29", "03-31", "04-30"]

    def test_counts_working_days(self):
        found = come_round(
            Schedule("monthly_working", 2, NINE), at("2026-08-01T00:00"), at("2026-11-30T00:00")
        )

        assert days(found) == ["08-04", "09-02", "10-02", "11-03"]

    def test_counts_no_holidays_of_the_calendar(self):
        closed = WorkingHours(region="DE")
        first = Schedule("monthly_working", 1, NINE)

        assert next_after(first, at("2026-12-31T00:00"), closed).at == at("2027-01-04T09:00")
        assert next_after(first, at("2026-12-31T00:00"), DEFAULT).at == at("2027-01-01T09:00")

    def test_is_on_the_last_working_day_where_there_are_fewer(self):
        found = next_after(Schedule("monthly_working", 23, NINE), at("2026-02-01T00:00"))

        assert found == Occurrence("2026-02", at("2026-02-27T09:00"))

    def test_comes_round_although_the_calendar_never_opens(self):
        never = WorkingHours(week=((),) * 7)
        found = next_after(Schedule("monthly_working", 1, NINE), at("2026-02-01T00:00"), never)

        assert found.at == at("2026-02-28T09:00")

    def test_is_in_the_month_of_its_own_zone(self):
        auckland = Schedule("monthly", 1, dt.time(8), "Pacific/Auckland")
        found = next_after(auckland, at("2026-10-31T12:00"))

        assert found == Occurrence("2026-11", at("2026-10-31T19:00"))


class TestWhatWasMissed:
    def test_is_listed_the_latest_last(self):
        found = come_round(
            Schedule("weekly", 0, NINE), at("2026-11-02T09:00"), at("2026-11-23T09:00")
        )

        assert [each.period for each in found] == ["2026-W45", "2026-W46", "2026-W47", "2026-W48"]

    def test_is_bounded_after_years(self):
        found = come_round(
            Schedule("weekly", 0, NINE), at("2020-01-06T09:00"), at("2026-11-23T09:00")
        )

        assert (len(found), found[-1].period) == (60, "2026-W48")

    def test_can_leave_a_period_out_that_was_there(self):
        weekly = Schedule("weekly", 4, NINE)

        assert next_after(weekly, at("2026-11-23T10:00"), not_in="2026-W48").period == "2026-W49"


class TestTheTimeThereIs:
    def test_ends_with_a_working_day(self):
        assert due_after(at("2026-11-23T09:00"), 2, DEFAULT) == at("2026-11-24T17:00")

    def test_leaves_weekends_out(self):
        assert due_after(at("2026-11-27T09:00"), 2, DEFAULT) == at("2026-11-30T17:00")

    def test_leaves_holidays_out(self):
        closed = WorkingHours(region="DE", week=(((Span(540, 1020)),),) * 5 + ((), ()))

        assert due_after(at("2026-12-24T09:00"), 2, closed) == at("2026-12-28T17:00")

    def test_ends_although_the_calendar_never_opens(self):
        never = WorkingHours(week=((),) * 7)

        assert due_after(at("2026-11-23T09:00"), 1, never) == at("2026-11-23T17:00")


@pytest.mark.parametrize(
    ("rhythm", "day", "words"),
    [
        ("weekly", 0, "every Monday at 09:00 Europe/Berlin"),
        ("monthly", 31, "on day 31 of every month at 09:00 Europe/Berlin"),
        ("monthly_working", 1, "on the 1st working day of every month at 09:00 Europe/Berlin"),
        ("monthly_working", 12, "on the 12th working day of every month at 09:00 Europe/Berlin"),
        ("monthly_working", 22, "on the 22nd working day of every month at 09:00 Europe/Berlin"),
    ],
)
def test_says_when_it_comes_round(rhythm, day, words):
    assert Schedule(rhythm, day, NINE, BERLIN).words == words
