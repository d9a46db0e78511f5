"""Opening hours as people write them."""

import pytest

from orchestrator.calendars.spans import BadHours, Span, checked_day, day_text, parse_day, week_of

pytestmark = pytest.mark.req("A5")
OFFICE = Span(540, 1020)


class TestParseDay:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", ()),
            ("09:00-17:00", (OFFICE,)),
            ("9-17", (OFFICE,)),
            ("9:00 \N{EN DASH} 17:00", (OFFICE,)),
            ("13:00-17:30, 09:00-12:30", (Span(540, 750), Span(780, 1050))),
            ("08:00-12:00 and 13:00-16:00", (Span(480, 720), Span(780, 960))),
            ("22:00-24:00", (Span(1320, 1440),)),
            ("0-24", (Span(0, 1440),)),
        ],
    )
    def test_reads_spans_in_the_order_of_the_day(self, text, expected):
        assert parse_day(text) == expected

    @pytest.mark.parametrize("text", ["nine to five", "09:00", "09:75-17:00", "09:00-17:00-18:00"])
    def test_refuses_what_is_no_span(self, text):
        with pytest.raises(BadHours, match="no span of hours"):
            parse_day(text)

    @pytest.mark.parametrize("text", ["22:00-06:00", "12:00-12:00", "23:00-25:00"])
    def test_refuses_a_span_over_midnight_and_says_how_to_write_it(self, text):
        with pytest.raises(BadHours, match="write night work as two"):
            parse_day(text)

    def test_refuses_spans_that_overlap(self):
        with pytest.raises(BadHours, match="11:00-17:00 begins before"):
            parse_day("09:00-12:00, 11:00-17:00")

    def test_lets_spans_meet(self):
        assert parse_day("09:00-12:00, 12:00-13:00") == (Span(540, 720), Span(720, 780))

    def test_reads_back_what_it_writes(self):
        day = parse_day("00:00-06:15, 22:00-24:00")

        assert parse_day(day_text(day)) == day


def test_a_day_has_at_most_a_dozen_spans():
    with pytest.raises(BadHours, match="at most 12"):
        checked_day(Span(number * 60, number * 60 + 30) for number in range(13))


def test_a_week_has_seven_days():
    with pytest.raises(BadHours, match="seven days"):
        week_of([[[540, 1020]]] * 6)
