"""The chaos run in short: every kind of fault once, and a hundred proposals that survive it."""

import pytest

from tests.chaos.plan import Fault
from tests.chaos.run import Options, run

OPTIONS = Options(
    seed=4711,
    seconds=20,
    commit_workers=2,
    agents=4,
    propose_every=0.3,
    edit_every=0.3,
    strike_every=20 / len(Fault),
    opportunities=200,
    least_proposals=100,
    most_proposals=600,
)


@pytest.mark.req("E1", "E2")
@pytest.mark.timeout(600)
def test_nothing_is_lost_doubled_or_overwritten_whatever_breaks():
    outcome = run(OPTIONS, tell=print)

    report = "\n".join(outcome.lines())
    print(report)  # noqa: T201 - the figures belong to the evidence
    assert not outcome.violations, report
    assert outcome.proposals >= 100
    assert set(+outcome.struck) == set(Fault)
    assert outcome.written
    # The faults met writes, not an idle house.
    assert outcome.events["commit.unknown"]
    assert outcome.events["commit.postponed"]
