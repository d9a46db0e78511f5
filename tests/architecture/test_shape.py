"""
Files and functions stay small enough to read, and are named for what they do.

A function's docstring does not count: saying what it raises must not cost lines of its own.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tools import ROOT, own_files

LONGEST_FILE, LONGEST_FUNCTION = 300, 40
CODE = (".py", ".html", ".js", ".sh", ".mjs")
TEXT = (
    *CODE,
    ".css",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".json",
    ".txt",
    "requirements.lock",
    "Makefile",
    "run",
)
SAYS_NOTHING = {
    "utils", "util", "helpers", "helper", "common", "misc", "lib",
    "services", "manager", "managers",
}  # fmt: skip
NEVER_WRITTEN = {
    "a path of one machine": re.compile(r"(?<![\w.:-])/(?:work|root|home/\w+)/|/(?:var/)?tmp/\w"),
    "work left for later": re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b"),
    "the host of a package registry": re.compile(r"pypi\.org/simple|python[h]osted|registry\.npm"),
}


def hand_written(*endings: str) -> list[Path]:
    return [path for path in own_files(*endings) if "migrations" not in path.parts]


def extent(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return extent(node.body[0]) if ast.get_docstring(node) is not None else 0


def too_long(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = extent(node) - docstring_lines(node)
            if lines > LONGEST_FUNCTION:
                yield f"{path}:{node.lineno} {node.name} has {lines} lines"


def test_no_file_is_longer_than_a_few_screens():
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path in hand_written(*CODE)}
    found = [f"{path} has {count} lines" for path, count in lengths.items() if count > LONGEST_FILE]

    assert lengths
    assert not found, "\n".join(found)


def test_no_function_is_longer_than_a_screen():
    found = [line for path in hand_written(".py") for line in too_long(path)]

    assert not found, "\n".join(found)


def test_every_file_name_says_what_the_file_does():
    assert [path for path in own_files(".py") if path.stem in SAYS_NOTHING] == []


@pytest.mark.parametrize("what", NEVER_WRITTEN)
def test_no_file_holds(what):
    found = [
        f"{path}:{number} {line.strip()[:100]}"
        for path in own_files(*TEXT)
        for number, line in enumerate((ROOT / path).read_text().splitlines(), start=1)
        if NEVER_WRITTEN[what].search(line)
    ]

    assert not found, "\n".join(found)
