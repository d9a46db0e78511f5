"""The moment in which the pages of rollbacks are looked at."""

from types import SimpleNamespace

import pytest

from approvals.views import bulk_decisions
from orchestrator.rollbacks import views
from tests.rollbacks.scene import LATER


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be some minutes after everything was written, on these pages alone."""
    monkeypatch.setattr(views, "clock", SimpleNamespace(now=lambda: LATER))
    monkeypatch.setattr(bulk_decisions, "now", lambda: LATER)
