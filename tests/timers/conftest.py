"""What the tests of timers share: a handler of their own kind."""

import pytest

from orchestrator.timers import handlers
from tests.timers.clockwork import KIND, Handler


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Handler:
    """Register a handler for the test's kind, and for nothing else."""
    own = Handler()
    monkeypatch.setattr(handlers, "_handlers", {})
    handlers.register(KIND, own, batch=3)
    return own
