"""When a message is tried again, and when it is given up."""

import datetime as dt

import pytest

from orchestrator.webhooks import schedule
from orchestrator.webhooks.replies import Reply, Verdict, verdict_of, words_of
from tests.factories import AT

pytestmark = pytest.mark.req("K12")
HOUR = dt.timedelta(hours=1)

# As it is; the others of this folder drive the clock and go without.
JITTER = schedule.JITTER


@pytest.fixture(autouse=True)
def no_jitter():
    """Look at the schedule as it is."""


def reply(verdict=Verdict.TROUBLED, **more):
    return Reply(verdict=verdict, words="", at=AT, milliseconds=1, **more)


class TestNextWait:
    def test_follows_the_schedule_and_then_gives_up(self):
        waits = [schedule.next_wait(tries=tries, reply=reply(), share=0) for tries in range(1, 11)]

        assert [wait and wait.total_seconds() for wait in waits] == [
            5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400, None,
        ]  # fmt: skip

    def test_adds_a_tenth_at_most(self, monkeypatch):
        monkeypatch.setattr(schedule, "JITTER", JITTER)
        assert schedule.next_wait(tries=2, reply=reply(), share=1) == dt.timedelta(seconds=330)

    def test_waits_as_long_as_it_is_asked_to_and_a_day_at_most(self):
        asked = reply(retry_after=HOUR)
        assert schedule.next_wait(tries=1, reply=asked, share=0) == HOUR
        assert schedule.next_wait(tries=9, reply=asked, share=0) == 24 * HOUR
        forever = reply(retry_after=1000 * HOUR)
        assert schedule.next_wait(tries=1, reply=forever, share=0) == 24 * HOUR

    def test_gives_up_at_once_where_nothing_is_wanted_any_more(self):
        assert schedule.next_wait(tries=1, reply=reply(Verdict.GONE), share=0) is None


class TestRest:
    def test_doubles_up_to_five_minutes(self):
        rests = [schedule.rest(failures=count, reply=reply()) for count in (1, 2, 3, 7, 100)]

        assert [rest.total_seconds() for rest in rests] == [5, 10, 20, 300, 300]

    def test_is_as_long_as_asked_for_and_an_hour_at_most(self):
        assert schedule.rest(failures=1, reply=reply(retry_after=HOUR / 2)) == HOUR / 2
        assert schedule.rest(failures=1, reply=reply(retry_after=9 * HOUR)) == HOUR


class TestAskedWait:
    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("120", 120),
            (" 7 ", 7),
            ("Wed, 18 Nov 2026 10:01:00 GMT", 60),
            ("Wed, 18 Nov 2026 09:00:00 GMT", 0),
            ("99999999999999999999", 10**8),
        ],
    )
    def test_reads_seconds_and_moments(self, header, seconds):
        assert schedule.asked_wait(header, at=AT) == dt.timedelta(seconds=seconds)

    @pytest.mark.parametrize(
        "header",
        [
            *("soon", "-5", "", "1.5", "Wed, 99 Nov 2026"),
            "Wed, 18 Nov 2026 10:01:00 +99999999999999",
            "Wed, 18 Nov 2026 10:01:00 +99999",
        ],
    )
    def test_makes_nothing_of_anything_else(self, header):
        assert schedule.asked_wait(header, at=AT) is None


class TestVerdicts:
    @pytest.mark.parametrize(
        ("status", "verdict"),
        [
            (200, "delivered"),
            (299, "delivered"),
            (301, "refused"),
            (400, "refused"),
            (404, "refused"),
            (408, "troubled"),
            (410, "gone"),
            (429, "troubled"),
            (500, "troubled"),
            (503, "troubled"),
        ],
    )
    def test_follow_the_status(self, status, verdict):
        assert verdict_of(status) == verdict

    def test_say_what_to_do_about_a_redirect(self):
        assert "not followed" in words_of(308)
