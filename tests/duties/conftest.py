"""What the tests of the pages of duties share."""

from collections.abc import Iterator

import pytest
from time_machine import travel

from orchestrator.duties.models import DutyRound
from tests.duties.scene import NOW, opened, set_up


@pytest.fixture
def now() -> Iterator[None]:
    """Let the clock of the pages stand still, an hour after the round opened."""
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def review(db: None) -> DutyRound:
    """Return an access review that came round."""
    set_up()
    return opened()
