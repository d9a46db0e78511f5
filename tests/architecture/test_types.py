"""The type checker, in strict mode, finds nothing."""

import pytest

from tests.architecture.tools import run_tool


@pytest.mark.timeout(1200)
def test_all_types_hold():
    done = run_tool("-m", "mypy", ".", DJANGO_SETTINGS_MODULE="orchestrator.settings")

    assert done.returncode == 0, done.stdout + done.stderr
