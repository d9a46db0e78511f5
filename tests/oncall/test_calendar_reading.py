"""Other programs' calendars, as they come."""

from zoneinfo import ZoneInfo

import pytest

from orchestrator.oncall.calendar_reading import BadCalendar, Entry, decoded, matched, read
from tests.oncall.schedules import DAY, WEEK, calendar, utc

pytestmark = pytest.mark.req("I2")
BERLIN = ZoneInfo("Europe/Berlin")
FLOATING = "DTSTART:20260302T090000"
SINCE, UNTIL = utc(2026, 3, 16), utc(2026, 4, 13)
ADA, BEN = (
    (1, ("ada@example.com", "ada", "Ada Marlowe")),
    (2, ("ben@example.com", "ben", "Ben Okafor")),
)

# As a paging service writes it: a zone of its own, a weekly rule, one week left out, one moved.
REAL = """BEGIN:VCALENDAR
PRODID:-//Example Pager//On-call//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:On Call Schedule for Deal desk
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:Q1@pager.example.com
DTSTAMP:20260101T000000Z
DTSTART;TZID=America/New_York:20260302T090000
DTEND;TZID=America/New_York:20260309T090000
RRULE:FREQ=WEEKLY;INTERVAL=2
EXDATE;TZID=America/New_York:20260330T090000
SUMMARY:On Call - Ada Marlowe
ATTENDEE;CN="Ada Marlowe";CUTYPE=INDIVIDUAL:mailto:Ada@Example.com
END:VEVENT
BEGIN:VEVENT
UID:Q1@pager.example.com
RECURRENCE-ID;TZID=America/New_York:20260413T090000
DTSTAMP:20260101T000000Z
DTSTART;TZID=America/New_York:20260406T090000
DTEND;TZID=America/New_York:20260407T090000
SUMMARY:On Call - Ben Okafor
END:VEVENT
BEGIN:VEVENT
UID:Q2@pager.example.com
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260328
DTEND;VALUE=DATE:20260330
SUMMARY:Ben Okafor
END:VEVENT
BEGIN:VEVENT
UID:Q3@pager.example.com
DTSTAMP:20260101T000000Z
DTSTART:20260331T080000Z
DURATION:PT12H
SUMMARY:Zoe Nobody-Knows
END:VEVENT
BEGIN:VEVENT
UID:Q4@pager.example.com
DTSTAMP:20260101T000000Z
DTSTART:20260401T080000Z
DTEND:20260401T090000Z
STATUS:CANCELLED
SUMMARY:Ada Marlowe
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def told(text: str) -> list[Entry]:
    return read(text, zone=BERLIN, since=SINCE, until=UNTIL)


class TestRead:
    def test_unfolds_rules_leaves_out_exceptions_and_moves_what_was_moved(self):
        found = [
            (entry.starts_at, entry.ends_at, entry.label, matched(entry, [ADA, BEN]))
            for entry in told(REAL)
        ]

        assert found == [
            (utc(2026, 3, 16, 13), utc(2026, 3, 23, 13), "Ada Marlowe", [1]),
            # Whole days are meant on the schedule's clock, over the change to summer time.
            (utc(2026, 3, 27, 23), utc(2026, 3, 29, 22), "Ben Okafor", [2]),
            (utc(2026, 3, 31, 8), utc(2026, 3, 31, 20), "Zoe Nobody-Knows", []),
            (utc(2026, 4, 6, 13), utc(2026, 4, 7, 13), "On Call - Ben Okafor", [2]),
        ]

    def test_takes_times_without_a_zone_as_the_schedules_own(self):
        [entry] = told(
            calendar(["UID:1", "DTSTART:20260401T090000", "DTEND:20260401T170000", "SUMMARY:Ada"])
        )

        assert (entry.starts_at, entry.ends_at) == (utc(2026, 4, 1, 7), utc(2026, 4, 1, 15))

    def test_a_whole_day_lasts_until_midnight_in_the_schedules_zone(self):
        text = calendar(["UID:1", "DTSTART;VALUE=DATE:20260316", "SUMMARY:Ada"])
        evening = utc(2026, 3, 17, 2)

        (found,) = read(text, zone=ZoneInfo("America/New_York"), since=evening, until=UNTIL)

        assert (found.starts_at, found.ends_at) == (utc(2026, 3, 16, 4), utc(2026, 3, 17, 4))

    def test_keeps_hand_offs_on_the_wall_clock_over_a_change(self):
        found = told(
            calendar(
                [
                    "UID:1",
                    "DTSTART;TZID=Europe/Berlin:20260316T090000",
                    "DTEND;TZID=Europe/Berlin:20260323T090000",
                    "RRULE:FREQ=WEEKLY",
                    "SUMMARY:Ada",
                ]
            )
        )

        assert [entry.starts_at.astimezone(BERLIN).hour for entry in found] == [9] * 4
        assert found[1].ends_at - found[1].starts_at < WEEK

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Dear all, I am on call next week.",
            "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
            calendar(["UID:1", "SUMMARY:No start"]),
            calendar(["UID:1", "DTSTART:19010101T000000Z", "RRULE:FREQ=DAILY"]),
            calendar(["UID:1", "DTSTART:20260401T000000Z", "RRULE:FREQ=SECONDLY"]),
            calendar(
                [
                    "UID:1",
                    "DTSTART:20260401T000000Z",
                    "RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5",
                ]
            ),
            calendar(*[["UID:1", "DTSTART:20260401T000000Z"]] * 2001),
            calendar(*[["UID:1", "DTSTART:20260401T000000Z", "RRULE:FREQ=DAILY"]] * 101),
        ],
    )
    def test_refuses_what_is_no_calendar_or_has_no_end(self, text):
        with pytest.raises(BadCalendar):
            told(text)

    @pytest.mark.parametrize(
        "rules",
        [
            ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"],
            ["FREQ=WEEKLY;BYDAY=MO;BYSETPOS=9"],
            # From a Monday on, every seventh day is a Monday.
            ["FREQ=DAILY;INTERVAL=7;BYDAY=TU"],
            ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"] * 6,
        ],
    )
    def test_refuses_rules_for_which_it_would_search_the_centuries(self, rules):
        events = [["UID:1", FLOATING, f"RRULE:{rule}", "SUMMARY:Ada"] for rule in rules]

        with pytest.raises(BadCalendar, match="in some months or weeks only"):
            told(calendar(*events))

    def test_takes_the_first_monday_of_every_month(self):
        rule = "RRULE:FREQ=MONTHLY;BYDAY=1MO"
        (found,) = told(calendar(["UID:1", FLOATING, "DURATION:P1D", rule, "SUMMARY:Ada"]))

        assert found.starts_at == utc(2026, 4, 6, 7)

    @pytest.mark.parametrize(
        "starts", ["DTSTART:20260302T090000Z", "DTSTART;VALUE=DATE:20260302", FLOATING]
    )
    def test_unfolds_rules_of_every_kind_to_the_end_of_the_window(self, starts):
        event = ["UID:1", starts, "DURATION:P1D", "RRULE:FREQ=DAILY", "SUMMARY:Ada"]

        found = told(calendar(event))

        assert found[-1].starts_at > UNTIL - DAY
        assert len(found) in (28, 29)

    def test_refuses_bytes_that_are_no_text(self):
        with pytest.raises(BadCalendar):
            decoded(b"\xff\xfe\x00")
        with pytest.raises(BadCalendar):
            decoded(b"x" * 1_000_001)


class TestMatched:
    @pytest.mark.parametrize(
        ("summary", "found"),
        [
            ("ada", [1]),
            ("ADA MARLOWE", [1]),
            ("Primary: Ada Marlowe (week 12)", [1]),
            ("ben@example.com is on call", [2]),
            ("Canada", []),
            ("Ada Marlowe or Ben Okafor", []),
            ("", []),
        ],
    )
    def test_goes_by_whole_names(self, summary, found):
        entry = Entry(SINCE, UNTIL, emails=(), names=(), summary=summary)

        assert matched(entry, [ADA, BEN]) == found

    def test_believes_an_address_before_a_name(self):
        entry = Entry(SINCE, UNTIL, ("ben@example.com",), ("Ada Marlowe",), "Ada Marlowe")

        assert matched(entry, [ADA, BEN]) == [2]
