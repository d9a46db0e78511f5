"""docs/events.md names every event that people or agents are told of, and no other."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from orchestrator.webhooks.event_types import EVENTS

pytestmark = pytest.mark.req("I1", "I2")
ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/events.md").read_text()
NAME = re.compile(r"[a-z_]+\.[a-z_]+")
ROW = re.compile(r"^\| `([a-z_.*]+)` \|", re.MULTILINE)
# What makes a message to a person, and what only writes the ledger.
TELLS, REMEMBERS = {"Message", "Notice"}, {"record", "_record", "NewEntry"}
FOLDERS = ("approvals", "orchestrator")
NOT_TOLD = ("migrations", "bench", "webhooks")


def called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def names(node: ast.AST) -> Iterator[str]:
    """Yield names of events, a star for what is put in at run time; not those for the ledger."""
    if called(node) in REMEMBERS:
        return
    if isinstance(node, ast.JoinedStr):
        text = "".join(
            str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
        )
        if NAME.fullmatch(text.replace("*", "x")) and not text.startswith("*"):
            yield text
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if NAME.fullmatch(node.value):
            yield node.value
        return
    for child in ast.iter_child_nodes(node):
        yield from names(child)


def told() -> set[str]:
    """Return every event of a message that the code can make."""
    found: set[str] = set(EVENTS)
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            if set(path.parts) & set(NOT_TOLD):
                continue
            text = path.read_text()
            if any(f"{word}(" in text for word in TELLS):
                tree = ast.parse(text)
                if any(called(node) in TELLS for node in ast.walk(tree)):
                    found |= set(names(tree))
    return found


def test_every_event_that_is_told_stands_on_the_page():
    documented = ROW.findall(PAGE)
    missing = {
        event
        for event in told()
        if not any(fnmatchcase(event, row) or fnmatchcase(row, event) for row in documented)
    }
    assert missing == set()


def test_the_page_names_no_event_that_nobody_is_told_of():
    known = told()
    invented = {
        row
        for row in ROW.findall(PAGE)
        if not any(fnmatchcase(row, event) or fnmatchcase(event, row) for event in known)
    }
    assert invented == set()


def test_every_final_state_stands_on_the_page_with_its_recipients():
    for event in EVENTS:
        (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{event}` |")]
        agent, owner = [cell.strip() for cell in row.split("|")][3:5]
        assert (agent, bool(owner)) == ("webhook", True), event
