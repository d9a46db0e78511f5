"""Workflow files to begin with; org and owner are filled in for whoever loads one."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "examples"
TITLE = re.compile(r"^title: (.+)$", re.MULTILINE)
DESCRIPTION = re.compile(r"^description: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """One file to begin with."""

    name: str
    title: str
    description: str
    text: str

    def filled(self, *, org: str, owner: str) -> str:
        """Return the file for an org and the person who answers for the workflow."""
        return self.text.replace("{org}", org).replace("{owner}", owner)


def examples() -> list[Example]:
    """Return every example, the plainest first."""
    found = [_example(path) for path in FOLDER.glob("*.yaml")]
    return sorted(found, key=lambda each: len(each.text))


def example_named(name: str) -> Example | None:
    """Return one example, if there is one of this name."""
    return next((each for each in examples() if each.name == name), None)


def _example(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    title, description = TITLE.search(text), DESCRIPTION.search(text)
    return Example(
        path.stem,
        title[1] if title else path.stem,
        description[1] if description else "",
        text,
    )
