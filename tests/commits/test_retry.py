"""The retry table: what each class of fault leads to."""

import datetime as dt

import pytest

from orchestrator.commits.retry import LONGEST_DELAY, QUOTA_DELAY, Step, next_step
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
            (E.AUTH, Step.FAIL),
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

    def test_a_quota_costs_no_try_however_often_it_is_met(self):
        parked = step(E.QUOTA, attempt=99)

        assert (parked.step, parked.counts, parked.delay) == (Step.PARK, False, QUOTA_DELAY)

    def test_an_unknown_outcome_is_never_sent_again_without_looking(self):
        assert step(E.UNKNOWN, attempt=1).step == Step.SETTLE
        assert step(E.UNKNOWN, attempt=99).step == Step.SETTLE
