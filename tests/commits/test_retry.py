"""The retry table: what each class of fault leads to."""

import datetime as dt

import pytest

from orchestrator.commits.retry import LONGEST_DELAY, Step, next_step
from orchestrator.connectors.errors import ErrorClass

E = ErrorClass


def step(error_class: ErrorClass, attempt: int = 1, jitter: float = 0.0):
    return next_step(error_class=error_class, attempt=attempt, attempts_allowed=5, jitter=jitter)


@pytest.mark.req("E2")
class TestNextStep:
    @pytest.mark.parametrize(
        ("error_class", "expected"),
        [
            (E.TRANSIENT, Step.AGAIN),
            (E.QUOTA, Step.PARK),
            (E.CONFLICT, Step.COMPARE),
            (E.UNKNOWN, Step.SETTLE),
            (E.AUTH, Step.PARK),
            (E.AGAIN_ONCE, Step.AGAIN),
            (E.CAPACITY, Step.FAIL),
            (E.PERMISSION, Step.FAIL),
            (E.VALIDATION, Step.FAIL),
        ],
    )
    def test_every_class_has_its_step(self, error_class, expected):
        assert step(error_class).step == expected

    def test_no_class_is_forgotten(self):
        for error_class in ErrorClass:
            assert step(error_class).step in Step

    def test_waits_longer_each_time_up_to_a_bound(self):
        delays = [
            next_step(
                error_class=E.TRANSIENT, attempt=attempt, attempts_allowed=50, jitter=0.0
            ).delay
            for attempt in range(1, 20)
        ]

        assert delays[:4] == [dt.timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
        assert delays == sorted(delays)
        assert delays[-1] == LONGEST_DELAY

    def test_jitter_only_adds(self):
        assert step(E.TRANSIENT, jitter=1.0).delay == dt.timedelta(seconds=1.5)

    def test_gives_up_after_the_last_try(self):
        assert step(E.TRANSIENT, attempt=4).step == Step.AGAIN
        assert step(E.TRANSIENT, attempt=5).step == Step.FAIL

    @pytest.mark.parametrize("error_class", [E.QUOTA, E.AUTH])
    def test_what_concerns_the_whole_org_costs_no_try_however_often_it_is_met(self, error_class):
        parked = step(error_class, attempt=99)

        # Due at once: the gate of the org holds it back, and lets it go the moment it opens.
        assert (parked.step, parked.counts, parked.delay) == (Step.PARK, False, dt.timedelta())

    def test_a_passing_fault_that_paused_the_org_costs_no_try(self):
        parked = next_step(
            error_class=E.TRANSIENT, attempt=5, attempts_allowed=5, jitter=0.0, paused=True
        )

        assert (parked.step, parked.counts) == (Step.PARK, False)

    @pytest.mark.parametrize("error_class", [E.VALIDATION, E.PERMISSION, E.CAPACITY])
    def test_a_pause_of_the_org_saves_nothing_that_is_refused_for_good(self, error_class):
        refused = next_step(
            error_class=error_class, attempt=1, attempts_allowed=5, jitter=0.0, paused=True
        )

        assert refused.step == Step.FAIL

    def test_a_row_that_was_locked_is_not_asked_for_within_a_second(self):
        for attempt in range(1, 5):
            for jitter in (0.0, 0.5, 1.0):
                waits = step(E.TRANSIENT, attempt=attempt, jitter=jitter).delay
                assert waits >= dt.timedelta(seconds=1)

    def test_what_says_try_again_is_tried_once_more_and_not_twice(self):
        def again(attempt, *, repeated=False):
            return next_step(
                error_class=E.AGAIN_ONCE,
                attempt=attempt,
                attempts_allowed=5,
                jitter=0.0,
                repeated=repeated,
            )

        assert (again(1).step, again(1).counts) == (Step.AGAIN, True)
        assert again(2, repeated=True).step == Step.FAIL
        # Another fault in between does not make it endless.
        assert again(5).step == Step.FAIL

    def test_an_unknown_outcome_is_never_sent_again_without_looking(self):
        assert step(E.UNKNOWN, attempt=1).step == Step.SETTLE
        assert step(E.UNKNOWN, attempt=99).step == Step.SETTLE
