"""The same seed draws the same storm, and none of its kinds is forgotten."""

from tests.chaos.plan import Fault, draw


def test_the_same_seed_draws_the_same_storm():
    assert list(draw(seed=7, seconds=60, every=1)) == list(draw(seed=7, seconds=60, every=1))
    assert list(draw(seed=7, seconds=60, every=1)) != list(draw(seed=8, seconds=60, every=1))


def test_every_kind_comes_before_any_comes_twice():
    strikes = list(draw(seed=7, seconds=len(Fault), every=1))
    assert {strike.fault for strike in strikes} == set(Fault)


def test_strikes_come_in_order_within_the_time():
    seconds = [strike.second for strike in draw(seed=7, seconds=60, every=0.5)]
    assert seconds == sorted(seconds)
    assert seconds[-1] < 60
