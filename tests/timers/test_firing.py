"""Firing: what is due, once, in order, and missed steps as one."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.people.models import User
from orchestrator.timers import arming, failing, handlers, queries, retention
from orchestrator.timers.models import Timer
from tests.factories import AT
from tests.timers.clockwork import KIND, MINUTE, arm, fire, states

pytestmark = pytest.mark.django_db


@pytest.mark.req("I2")
class TestFireDue:
    def test_fires_what_is_due_and_leaves_the_rest(self, handler):
        arm(("a", "first", 5), ("b", "first", 15))

        assert fire(10) == 1
        assert handler.fired == [("a", "first")]
        assert states() == {("a", "first"): "fired", ("b", "first"): "open"}

    def test_fires_nothing_twice(self, handler):
        arm(("a", "first", 5))

        assert [fire(10), fire(10), fire(20)] == [1, 0, 0]
        assert handler.fired == [("a", "first")]

    def test_goes_on_until_nothing_is_due_in_batches(self, handler):
        arm(*((f"s{number}", "only", number) for number in range(8)))

        assert fire(10) == 8
        assert handler.calls == [3, 3, 2]

    def test_keeps_when_it_fired_and_how_late_it_was(self, handler):
        arm(("a", "first", 5))
        fire(12)

        timer = Timer.objects.get()
        assert timer.ended_at == AT + 12 * MINUTE
        assert timer.lateness == 7 * MINUTE

    def test_leaves_a_kind_that_it_does_not_know_for_whoever_does(self, handler):
        arm(("a", "first", 5), kind="newer.kind")

        assert fire(10) == 0
        assert Timer.objects.get().state == "open"

    def test_asks_one_question_when_nothing_is_due(self, handler):
        arm(*((f"s{number}", "only", 100) for number in range(30)))

        with CaptureQueriesContext(connection) as seen:
            assert fire(10) == 0
        assert len(seen) == 1


@pytest.mark.req("I2")
class TestCollapsing:
    def test_lets_the_last_missed_step_stand_for_those_before_it(self, handler):
        arm(("a", "remind", 5), ("a", "widen", 8), ("a", "page", 10), ("a", "later", 60))

        assert fire(30) == 1
        assert handler.fired == [("a", "page")]
        assert handler.missed == [("a", ["remind", "widen"])]
        assert list(states().values()) == ["collapsed", "collapsed", "fired", "open"]

    def test_keeps_how_late_a_missed_step_was(self, handler):
        arm(("a", "remind", 5), ("a", "page", 10))
        fire(30)

        missed = Timer.objects.get(step="remind")
        assert (missed.ended_at, missed.lateness) == (AT + 30 * MINUTE, 25 * MINUTE)

    def test_goes_by_the_order_of_arming_where_steps_are_due_together(self, handler):
        arm(("a", "page", 5), ("a", "remind", 5))
        fire(10)

        assert handler.fired == [("a", "remind")]

    def test_is_not_split_by_the_size_of_a_batch(self, handler):
        arm(*((f"s{number}", "first", number) for number in range(9)))
        arm(*((f"s{number}", "second", 20 + number) for number in range(9)))

        assert fire(60) == 9
        assert {step for _, step in handler.fired} == {"second"}

    def test_leaves_a_step_out_that_waits_for_another_try_when_the_next_is_due(self, handler):
        handler.refused = {"a"}
        arm(("a", "remind", 5), ("a", "page", 6))
        fire(5.5)
        handler.refused = set()

        fire(6)

        assert handler.fired == [("a", "page")]
        assert states() == {("a", "remind"): "collapsed", ("a", "page"): "fired"}


@pytest.mark.req("E1")
class TestFailing:
    def test_does_not_hold_up_the_others_of_its_batch(self, handler):
        handler.refused = {"b"}
        arm(("a", "only", 1), ("b", "only", 2), ("c", "only", 3))

        fire(10)

        assert sorted(handler.fired) == [("a", "only"), ("c", "only")]
        assert list(states().values()) == ["fired", "open", "fired"]

    def test_leaves_nothing_of_what_the_handler_had_done(self, handler):
        handler.refused = {"b"}
        arm(("b", "only", 2))

        fire(10)

        assert not User.objects.filter(username__startswith="half-done").exists()

    def test_tries_again_later_and_says_what_was_wrong(self, handler):
        handler.refused = {"b"}
        arm(("b", "only", 2))
        fire(10)

        timer = Timer.objects.get()
        assert (timer.attempts, timer.error) == (1, "ValueError: b is broken")
        assert timer.due_at == AT + 10 * MINUTE + dt.timedelta(seconds=5)
        handler.refused = set()
        assert [fire(10), fire(11)] == [0, 1]

    def test_waits_longer_each_time_up_to_ten_minutes(self):
        assert [failing.wait(number).total_seconds() for number in (1, 2, 3, 8, 20)] == [
            5, 10, 20, 600, 600,
        ]  # fmt: skip

    def test_ends_stuck_and_seen_after_too_many_tries(self, handler):
        handler.refused = {"b"}
        arm(("b", "only", 2))
        for number in range(failing.ATTEMPTS):
            fire(10 + 20 * number)

        assert Timer.objects.get().state == "stuck"
        standing = queries.standing(kinds=[KIND], at=AT + 600 * MINUTE)
        assert (standing.open, standing.due, standing.stuck) == (0, 0, 1)

    def test_can_be_tried_again_by_hand(self, handler):
        handler.refused = {"b"}
        arm(("b", "only", 2))
        for number in range(failing.ATTEMPTS):
            fire(10 + 20 * number)
        handler.refused = set()

        assert failing.try_again(kind=KIND, subjects=["b"], at=AT + 600 * MINUTE) == 1
        assert fire(600) == 1


class TestArming:
    def test_ignores_a_key_that_it_knows(self, handler):
        arm(("a", "first", 5))
        arm(("a", "first", 50), ("a", "second", 60))

        assert dict(Timer.objects.values_list("step", "due_at")) == {
            "first": AT + 5 * MINUTE,
            "second": AT + 60 * MINUTE,
        }

    def test_takes_one_statement_for_any_number(self, handler):
        with CaptureQueriesContext(connection) as seen:
            arm(*((f"s{number}", "only", number) for number in range(200)))
        assert len(seen) == 1
        assert Timer.objects.count() == 200

    def test_cancels_every_open_timer_of_the_subjects(self, handler):
        arm(("a", "first", 5), ("a", "second", 6), ("b", "first", 5))
        fire(5)

        assert arming.cancel(kind=KIND, subjects=["a"], at=AT + 5.5 * MINUTE) == 1
        assert arming.cancel(kind=KIND, subjects=[], at=AT) == 0
        assert states()[("a", "second")] == "cancelled"
        assert fire(10) == 0


class TestStanding:
    def test_counts_what_is_open_and_due_and_how_late_the_oldest_is(self, handler):
        arm(("a", "only", 1), ("b", "only", 2), ("c", "only", 100))

        standing = queries.standing(kinds=handlers.kinds(), at=AT + 10 * MINUTE)

        assert (standing.open, standing.due, standing.stuck) == (3, 2, 0)
        assert standing.late == 9 * MINUTE


class TestRetention:
    def test_deletes_what_has_been_over_for_long_and_nothing_that_is_open(self, handler, settings):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "timer_days": 1}
        arm(("a", "old", 1), ("b", "young", 24 * 60), ("c", "open", 1))
        fire(5)
        Timer.objects.filter(subject="c").update(state="open", ended_at=None)
        fired_later = AT + dt.timedelta(days=1)
        handler.refused = {"c"}
        fire(24 * 60)

        assert retention.purge(at=fired_later + dt.timedelta(hours=1)) == 1
        assert {row.subject for row in Timer.objects.all()} == {"b", "c"}
