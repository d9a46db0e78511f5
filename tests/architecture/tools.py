"""Run a checking tool over the project, and find the project's own files."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.processes import inherited

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {
    ".git",
    ".venv",
    ".countersign",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    "__pycache__",
    "node_modules",
    "staticfiles",
    "vendor",
}


def run_tool(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python tool from the project's root and keep what it says."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**inherited(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def own_files(*endings: str) -> Iterator[Path]:
    """Give every file of the project with one of the endings, relative to its root."""
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(set(below) - NOT_OURS)
        for name in sorted(names):
            if name.endswith(endings):
                yield Path(folder, name).relative_to(ROOT)
