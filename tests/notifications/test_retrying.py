"""When something is tried again: soon for what is urgent, and never for ever."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.retrying import parking_after, pause_after

pytestmark = pytest.mark.req("E2", "I2")
URGENCIES = st.sampled_from(list(Urgency))
CHANCES = st.floats(0, 1)


@given(urgency=URGENCIES, chance=CHANCES, is_last=st.booleans())
def test_comes_to_an_end_for_every_urgency(urgency, chance, is_last):
    pauses = [
        pause_after(attempts, urgency=urgency, is_last=is_last, chance=chance)
        for attempts in range(1, 12)
    ]
    used = [pause for pause in pauses if pause is not None]
    assert pauses[-1] is None
    assert used == sorted(used)
    assert all(dt.timedelta() < pause <= dt.timedelta(minutes=30) for pause in used)


@given(attempts=st.integers(1, 3), chance=CHANCES)
def test_waits_less_for_what_is_more_urgent(attempts, chance):
    pauses = [
        pause_after(attempts, urgency=urgency, is_last=True, chance=chance) for urgency in Urgency
    ]
    assert pauses == sorted(pauses, reverse=True)


def test_gives_another_channel_its_turn_before_the_last_one_is_given_up():
    first = pause_after(2, urgency=Urgency.PAGE, is_last=False, chance=0)
    last = pause_after(2, urgency=Urgency.PAGE, is_last=True, chance=0)
    assert first is None
    assert last is not None


def test_parks_a_channel_after_three_failures_and_longer_after_each():
    parkings = [parking_after(failures) for failures in range(1, 12)]
    assert parkings[:2] == [None, None]
    lengths = [each for each in parkings if each is not None]
    assert lengths[0] == dt.timedelta(seconds=30)
    assert lengths == sorted(lengths)
    assert lengths[-1] == dt.timedelta(minutes=15)
