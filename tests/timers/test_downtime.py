"""Whatever the plans and however long nothing ran: the order is kept and the last step fires."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.timers.models import Timer
from tests.timers.clockwork import KIND, arm, fire, states

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
LAST = 100
plans = st.lists(
    st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=6).map(sorted),
    min_size=1,
    max_size=4,
)
# When a tick came: between two of them, nothing ran.
ticks = st.lists(st.integers(min_value=0, max_value=70), max_size=6).map(sorted)


def steps_of(plans):
    return [
        (f"s{subject}", f"{number}", minutes)
        for subject, plan in enumerate(plans)
        for number, minutes in enumerate(plan)
    ]


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(plans=plans, ticks=ticks)
def test_each_step_comes_once_in_order_or_a_later_one_stands_for_it(handler, plans, ticks):
    handler.fired.clear()
    handler.missed.clear()
    arm(*steps_of(plans))
    for minute in [*ticks, LAST]:
        fire(minute)

    for number, plan in enumerate(plans):
        fired = [int(step) for subject, step in handler.fired if subject == f"s{number}"]
        assert fired == sorted(set(fired))
        assert fired[-1] == len(plan) - 1
        missed = [
            int(step)
            for subject, each in handler.missed
            if subject == f"s{number}"
            for step in each
        ]
        assert sorted(fired + missed) == list(range(len(plan)))
        # One step a tick: what was due together came as one.
        seen = [minute for minute in [*ticks, LAST] if minute >= plan[0]]
        assert len(fired) <= len(set(seen))
    assert set(states().values()) <= {"fired", "collapsed"}
    Timer.objects.filter(kind=KIND).delete()
