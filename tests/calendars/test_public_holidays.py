"""Public holidays by region."""

import datetime as dt

import pytest

from orchestrator.calendars import public_holidays
from orchestrator.calendars.public_holidays import (
    UnknownRegion,
    check_region,
    holidays_in,
    regions,
)

pytestmark = pytest.mark.req("A5")


class TestHolidaysIn:
    def test_names_those_of_a_country_and_of_a_part_of_it(self):
        assert holidays_in("DE", 2026)[dt.date(2026, 12, 25)] == "Christmas Day"
        womens_day = dt.date(2026, 3, 8)
        assert womens_day in holidays_in("DE-BE", 2026)
        assert womens_day not in holidays_in("DE", 2026)

    def test_names_those_of_an_exchange(self):
        # The 4th of July 2026 is a Saturday: the exchange is closed the day before.
        assert dt.date(2026, 7, 3) in holidays_in("NYSE", 2026)

    def test_names_none_for_no_region(self):
        assert holidays_in("", 2026) == {}

    def test_keeps_to_the_year(self):
        assert {day.year for day in holidays_in("US", 2027)} == {2027}

    def test_asks_the_library_once_a_region_and_year(self, monkeypatch):
        holidays_in.cache_clear()
        asked = []
        kind = public_holidays._kind

        def counted(name):
            asked.append(name)
            return kind(name)

        monkeypatch.setattr(public_holidays, "_kind", counted)

        for _ in range(3):
            holidays_in("FR", 2026)
            holidays_in("FR", 2027)

        assert asked == ["FR", "FR"]


class TestCheckRegion:
    @pytest.mark.parametrize("region", ["", "DE", "DE-BE", "US-CA", "NYSE", "GB-ENG"])
    def test_takes(self, region):
        check_region(region)

    @pytest.mark.parametrize("region", ["Atlantis", "de", "XX-YY", "NYSE-1", "__class__"])
    def test_refuses_a_region_and_says_what_to_write(self, region):
        with pytest.raises(UnknownRegion, match="a country by its two letters"):
            check_region(region)

    def test_lists_the_parts_of_a_country_when_one_is_wrong(self):
        with pytest.raises(UnknownRegion, match="DE alone, or one of DE-BB, DE-BE"):
            check_region("DE-XX")

    def test_says_so_where_a_country_has_no_parts(self):
        with pytest.raises(UnknownRegion, match=r"Write EE alone\."):
            check_region("EE-1")


def test_lists_countries_with_their_parts_and_exchanges():
    listed = dict(regions())

    assert "DE-BE" in listed["DE"]
    assert listed["NYSE"] == ""
