"""What an agent's evidence is said to support, in the words of the change it points at. Pure."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from orchestrator.connectors.base import RecordKey

ICONS = {"url": "link", "salesforce": "database", "quote": "quote", "file": "file-text"}
POINTER = re.compile(r"/changes/(\d{1,4})(?:/(?:fields|expect)/(.+))?")
RECORD = re.compile(
    r"/(?:r/)?([A-Za-z][A-Za-z0-9_]{0,79})/([A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?)(?:/|$)"
)
# What is older than this may no longer be so.
FRESH_DAYS = 30
DAYS_OF_A_MONTH, MONTHS_OF_A_YEAR = 30, 12
FORMATS = {
    ".pdf": "PDF",
    ".png": "image", ".jpg": "image", ".jpeg": "image", ".gif": "image", ".webp": "image",
    ".csv": "table", ".xlsx": "table", ".docx": "document", ".eml": "e-mail", ".txt": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Age:
    """How long ago something was captured, and whether that is worth a warning."""

    words: str
    old: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One piece of evidence, as the agent gave it."""

    number: int
    kind: str
    icon: str
    title: str
    href: str
    captured_at: str
    sha256: str
    quote: str
    supports: Sequence[str]
    # What its address ends in: PDF, image …
    format: str = ""
    # The record of the org that it points at, if it does.
    record: RecordKey | None = None
    # How old it is, if it says when it was captured and somebody asks.
    age: Age | None = None


def exhibits(
    content: Mapping[str, Any], *, crm: str = "", at: dt.datetime | None = None
) -> list[Exhibit]:
    """Return the evidence of a content; `crm` is the address of the org that records are in."""
    changes = content["changes"]
    return [
        Exhibit(
            number=number,
            kind=item["kind"],
            icon=ICONS.get(item["kind"], "paperclip"),
            title=item["title"],
            href=item.get("href", ""),
            captured_at=item.get("captured_at", ""),
            sha256=item.get("sha256", ""),
            quote=item.get("quote", ""),
            supports=[pointed_at(pointer, changes) for pointer in item.get("supports", ())],
            format=format_of(item.get("href", "")),
            record=record_of(item, crm),
            age=age_of(item.get("captured_at") or "", at) if at is not None else None,
        )
        for number, item in enumerate(content["evidence"], start=1)
    ]


def supporting(content: Mapping[str, Any]) -> dict[tuple[int, str], list[int]]:
    """Return, by change and field, the numbers of the evidence that is said to support it."""
    found: dict[tuple[int, str], list[int]] = {}
    for number, item in enumerate(content["evidence"], start=1):
        for pointer in item.get("supports", ()):
            place = POINTER.fullmatch(pointer)
            if place is None or not place[2]:
                continue
            numbers = found.setdefault((int(place[1]), _unescaped(place[2])), [])
            if number not in numbers:
                numbers.append(number)
    return found


def record_of(item: Mapping[str, Any], crm: str) -> RecordKey | None:
    """Return the record that evidence of the CRM points at, by its address in this very org."""
    href = str(item.get("href", ""))
    if item["kind"] != "salesforce" or not crm or not href.isascii():
        return None
    try:
        parts, own = urlsplit(href), urlsplit(crm)
    except ValueError:
        return None
    found = RECORD.search(parts.path)
    if found is None or not parts.netloc or parts.netloc.lower() != own.netloc.lower():
        return None
    return RecordKey(found[1], found[2])


def format_of(href: str) -> str:
    """Return what an address leads to, as far as its ending says."""
    try:
        path = urlsplit(href).path
    except ValueError:
        return ""
    return FORMATS.get(PurePosixPath(path).suffix.lower(), "")


def age_of(captured_at: str, at: dt.datetime) -> Age | None:
    """Return how long ago a moment in ISO 8601 was, in words; None if it is none."""
    try:
        captured = dt.datetime.fromisoformat(captured_at)
    except ValueError:
        return None
    if captured.tzinfo is None:
        captured = captured.replace(tzinfo=dt.UTC)
    days = (at - captured).days
    if captured > at + dt.timedelta(minutes=5):
        return Age("dated in the future", old=True)
    return Age(_ago(days), old=days > FRESH_DAYS)


def _ago(days: int) -> str:
    if days < 1:
        return "today"
    months = days // DAYS_OF_A_MONTH
    for count, unit in ((months // MONTHS_OF_A_YEAR, "year"), (months, "month"), (days, "day")):
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "today"


def _unescaped(text: str) -> str:
    return text.replace("~1", "/").replace("~0", "~")


def pointed_field(pointer: str, changes: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Return the object and the field that a JSON pointer points at, if it is one of a change."""
    found = POINTER.fullmatch(pointer)
    if found is None or not found[2] or int(found[1]) >= len(changes):
        return None
    name = _unescaped(found[2])
    return str(changes[int(found[1])]["object"]), name


def pointed_at(pointer: str, changes: Sequence[Mapping[str, Any]]) -> str:
    """Return what a JSON pointer points at, or the pointer itself if that is nothing we show."""
    found = POINTER.fullmatch(pointer)
    if found is None or int(found[1]) >= len(changes):
        return pointer
    change = changes[int(found[1])]
    name = _unescaped(found[2] or "")
    if not name:
        return f"{change['object']} {change['id']}".strip()
    if name not in change["fields"] and name not in change["expect"]:
        return pointer
    return name if len(changes) == 1 else f"{change['object']}.{name}"
