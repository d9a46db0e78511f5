"""Imports run in the directions that docs/architecture.md allows."""

import sys
from pathlib import Path

from tests.architecture.tools import run_tool

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def test_no_import_contract_is_broken():
    done = run_tool(str(LINT_IMPORTS), "--no-cache")

    assert done.returncode == 0, done.stdout + done.stderr
