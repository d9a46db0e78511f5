"""Clocks on walls that skip and repeat hours."""

import datetime as dt

import pytest

from orchestrator.calendars.wall_clock import UnknownZone, check_zone, moment, zones

pytestmark = pytest.mark.req("A5")
BERLIN = "Europe/Berlin"
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)


def utc(month, day, hour, minute=0):
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)


class TestMoment:
    @pytest.mark.parametrize(
        ("day", "minute", "expected"),
        [
            (SPRING, 60, utc(3, 29, 0)),
            # The clocks jump from 2:00 to 3:00, which is 1:00 UTC.
            (SPRING, 120, utc(3, 29, 1)),
            (SPRING, 150, utc(3, 29, 1)),
            (SPRING, 180, utc(3, 29, 1)),
            (SPRING, 210, utc(3, 29, 1, 30)),
            # From 3:00 back to 2:00: half past two means the first one.
            (AUTUMN, 120, utc(10, 25, 0)),
            (AUTUMN, 150, utc(10, 25, 0, 30)),
            (AUTUMN, 180, utc(10, 25, 2)),
            (AUTUMN, 24 * 60, utc(10, 25, 23)),
        ],
    )
    def test_is_when_the_clocks_first_reach_it(self, day, minute, expected):
        assert moment(day, minute, BERLIN) == expected

    def test_of_a_day_that_a_place_left_out_is_when_it_was_left_out(self):
        # Samoa went over the date line: after the 29th of December 2011 came the 31st.
        skipped = dt.date(2011, 12, 30)
        jump = dt.datetime(2011, 12, 30, 10, tzinfo=dt.UTC)

        assert [moment(skipped, hour * 60, "Pacific/Apia") for hour in (0, 9, 24)] == [jump] * 3

    @pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Asia/Beirut", "Pacific/Apia"])
    def test_never_goes_back(self, zone):
        day, found = dt.date(2011, 12, 29), []
        for later in range(3):
            found += [
                moment(day + dt.timedelta(later), minute, zone) for minute in range(0, 1440, 15)
            ]

        assert found == sorted(found)


class TestZones:
    def test_refuses_a_place_that_is_none_and_says_how_to_write_one(self):
        for wrong in ("Europe/Atlantis", "", "../etc/passwd", "Berlin"):
            with pytest.raises(UnknownZone, match="like Europe/Berlin"):
                check_zone(wrong)

    def test_knows_every_zone_that_it_offers(self):
        assert zones()[0] == "UTC"
        assert {"Europe/Berlin", "America/New_York", "Asia/Kolkata"} <= set(zones())
        for zone in zones()[::25]:
            check_zone(zone)
