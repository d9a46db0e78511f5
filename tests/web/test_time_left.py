"""How long is left."""

import datetime as dt

import pytest

from orchestrator.web.time_left import time_left

AT = dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.UTC)


def minutes(number: float) -> dt.timedelta:
    """Return a length of time."""
    return dt.timedelta(minutes=number)


class TestTimeLeft:
    @pytest.mark.parametrize(
        ("left", "text"),
        [
            (0.5, "under 1 min left"),
            (12, "12 min left"),
            (60, "1 h left"),
            (220, "3 h 40 min left"),
            (1440, "1 d left"),
            (1440 * 2 + 61, "2 d 1 h left"),
            (0, "overdue under 1 min"),
            (-4, "overdue 4 min"),
            (-200, "overdue 3 h 20 min"),
        ],
    )
    def test_says_it_in_the_two_largest_units(self, left, text):
        assert time_left(due=AT + minutes(left), at=AT).text == text

    @pytest.mark.parametrize(
        ("used", "tone"), [(0, "ok"), (49, "ok"), (50, "soon"), (79, "soon"), (80, "late")]
    )
    def test_takes_its_tone_from_the_share_that_is_used(self, used, tone):
        left = time_left(due=AT + minutes(100 - used), at=AT, start=AT - minutes(used))

        assert (left.tone, left.used_percent) == (tone, used)

    @pytest.mark.parametrize(
        ("left", "tone"), [(61, "ok"), (60, "soon"), (15, "late"), (0, "late")]
    )
    def test_takes_its_tone_from_the_time_alone_when_the_start_is_unknown(self, left, tone):
        judged = time_left(due=AT + minutes(left), at=AT)

        assert (judged.tone, judged.used_percent) == (tone, None)

    def test_shows_a_full_bar_and_no_more_when_overdue(self):
        assert time_left(due=AT, at=AT + minutes(500), start=AT - minutes(10)).used_percent == 100

    def test_shows_no_bar_when_the_start_is_not_before_the_end(self):
        assert time_left(due=AT, at=AT, start=AT).used_percent is None
