"""Stored values the way a person reads them."""

from typing import Any

from orchestrator.simulator import clock
from orchestrator.simulator.fields import NUMBERS, Field, ObjectType
from orchestrator.simulator.org import Org
from orchestrator.simulator.pages.markup import Html, element, join
from orchestrator.simulator.store import Row

NOTHING = Html('<span class="none">—</span>')
MAIL_STATUSES = {
    "0": "New", "1": "Read", "2": "Replied", "3": "Sent", "4": "Forwarded", "5": "Draft",
}  # fmt: skip


def name_of(kind: ObjectType, row: Row) -> str:
    """Return what people call a record."""
    return str(row.get(kind.name_field) or row["Id"])


def record_link(org: Org, record_id: str | None) -> Html:
    """Return a link to a record under its name."""
    found = org.store.find(record_id) if record_id else None
    if found is None:
        return element("span", record_id or "—", class_="none")
    kind, row = found
    link = element("a", name_of(kind, row), href=f"/r/{row['Id']}")
    return join([link, element("span", " (deleted)", class_="none")]) if row["IsDeleted"] else link


def shown(org: Org, kind: ObjectType, field: Field, value: Any) -> Html:
    """Return a field's value as HTML."""
    if value is None or value == "":
        return NOTHING
    if field.type == "reference":
        return record_link(org, str(value))
    if field.type == "textarea":
        return element("span", value, class_="prose")
    text = plain(kind, field, value)
    if field.name == "StageName" or field.name in ("Status", "Status__c"):
        return element("span", text, class_="pill")
    return element("span", text, class_="number" if field.type in NUMBERS else None)


def plain(kind: ObjectType, field: Field, value: Any) -> str:
    """Return a value as text."""
    if value is None:
        return "—"
    if field.type == "boolean":
        return "Yes" if value else "No"
    if field.type == "percent":
        return f"{value:g} %"
    if field.type in NUMBERS:
        return _number(value)
    if field.type == "date":
        return _day(str(value))
    if field.type == "datetime":
        return when(str(value))
    if kind.name == "EmailMessage" and field.name == "Status":
        return MAIL_STATUSES.get(str(value), str(value))
    return str(value)


def when(text: str) -> str:
    """Return a stored moment for people."""
    moment = clock.read(text)
    return f"{moment.day} {moment:%b %Y}, {moment:%H:%M} UTC"


def _day(text: str) -> str:
    moment = clock.read(f"{text}T00:00:00+00:00")
    return f"{moment.day} {moment:%b %Y}"


def _number(value: float) -> str:
    return f"{value:,.2f}" if value % 1 else f"{value:,.0f}"
