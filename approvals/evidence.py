"""What an agent's evidence is said to support, in the words of the change it points at. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ICONS = {"url": "link", "salesforce": "database", "quote": "quote", "file": "file-text"}
POINTER = re.compile(r"/changes/(\d{1,4})(?:/(?:fields|expect)/(.+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One piece of evidence, as the agent gave it."""

    kind: str
    icon: str
    title: str
    href: str
    captured_at: str
    sha256: str
    quote: str
    supports: Sequence[str]


def exhibits(content: Mapping[str, Any]) -> list[Exhibit]:
    """Return the evidence of a content."""
    changes = content["changes"]
    return [
        Exhibit(
            kind=item["kind"],
            icon=ICONS.get(item["kind"], "paperclip"),
            title=item["title"],
            href=item.get("href", ""),
            captured_at=item.get("captured_at", ""),
            sha256=item.get("sha256", ""),
            quote=item.get("quote", ""),
            supports=[pointed_at(pointer, changes) for pointer in item.get("supports", ())],
        )
        for item in content["evidence"]
    ]


def pointed_field(pointer: str, changes: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Return the object and the field that a JSON pointer points at, if it is one of a change."""
    found = POINTER.fullmatch(pointer)
    if found is None or not found[2] or int(found[1]) >= len(changes):
        return None
    name = found[2].replace("~1", "/").replace("~0", "~")
    return str(changes[int(found[1])]["object"]), name


def pointed_at(pointer: str, changes: Sequence[Mapping[str, Any]]) -> str:
    """Return what a JSON pointer points at, or the pointer itself if that is nothing we show."""
    found = POINTER.fullmatch(pointer)
    if found is None or int(found[1]) >= len(changes):
        return pointer
    change = changes[int(found[1])]
    name = (found[2] or "").replace("~1", "/").replace("~0", "~")
    if not name:
        return f"{change['object']} {change['id']}".strip()
    if name not in change["fields"] and name not in change["expect"]:
        return pointer
    return name if len(changes) == 1 else f"{change['object']}.{name}"
