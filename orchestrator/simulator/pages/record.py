"""One record: its fields, what hangs on it, and who changed what when."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from orchestrator.simulator.fields import SYSTEM_NAMES, Field, ObjectType
from orchestrator.simulator.org import Org
from orchestrator.simulator.pages.frame import tile
from orchestrator.simulator.pages.lists import column_label, columns_of
from orchestrator.simulator.pages.markup import Html, element, join
from orchestrator.simulator.pages.values import NOTHING, name_of, plain, record_link, shown, when
from orchestrator.simulator.store import Row

MOST_RELATED, MOST_HISTORY = 5, 50
SYSTEM_SHOWN = ("CreatedDate", "LastModifiedDate", "SystemModstamp")


def record(org: Org, kind: ObjectType, row: Row) -> Html:
    """Return a record's page."""
    return join(
        [
            _title(kind, row),
            _highlights(org, kind, row),
            element(
                "div",
                element("div", _details(org, kind, row), _system(org, kind, row)),
                element("div", _history(org, kind, row), _related(org, kind, row)),
                class_="columns",
            ),
        ]
    )


def _title(kind: ObjectType, row: Row) -> Html:
    deleted = element("span", "In the recycle bin", class_="pill bad") if row["IsDeleted"] else None
    crumb = element("p", element("a", kind.plural, href=f"/o/{kind.name}"), class_="quiet")
    heading = element("h1", name_of(kind, row), " " if deleted else None, deleted)
    return element("div", tile(kind), element("div", crumb, heading), class_="title")


def _highlights(org: Org, kind: ObjectType, row: Row) -> Html | None:
    fields = [field for field in columns_of(kind) if field.name not in SYSTEM_NAMES]
    if not fields:
        return None
    return element("dl", *(_pair(org, kind, field, row) for field in fields), class_="card facts")


def _details(org: Org, kind: ObjectType, row: Row) -> Html:
    fields = [
        field for field in kind.fields.values()
        if field.name not in SYSTEM_NAMES
        and field.name != "ForecastCategory"
        and not (field.external_id and row[field.name] is None)
    ]  # fmt: skip
    # Blocks of text go last: they take a line of their own.
    fields.sort(key=lambda field: field.type == "textarea")
    pairs = [_pair(org, kind, field, row) for field in fields]
    body = element("dl", *pairs, class_="fields")
    return _card("Details", body)


def _system(org: Org, kind: ObjectType, row: Row) -> Html:
    pairs = [element("div", element("dt", "Record ID"), element("dd", row["Id"], class_="code"))]
    for name in SYSTEM_SHOWN:
        field = kind.field(name)
        if field is None or not row[name]:
            continue
        by = row.get(name.replace("Date", "ById"))
        author = join([", ", record_link(org, str(by))]) if by and name != by else None
        value = element("dd", when(str(row[name])), author)
        pairs.append(element("div", element("dt", field.label), value))
    return _card("System information", element("dl", *pairs, class_="fields"))


def _pair(org: Org, kind: ObjectType, field: Field, row: Row) -> Html:
    value = shown(org, kind, field, row[field.name])
    wide = "wide" if field.type == "textarea" and row[field.name] else None
    label = element("dt", column_label(field))
    return element("div", label, element("dd", value), class_=wide)


def _history(org: Org, kind: ObjectType, row: Row) -> Html | None:
    history = org.schema.named(kind.history) if kind.history else None
    if history is None or kind.history_parent is None:
        return None
    parent = kind.history_parent
    entries = [dict(one) for one in org.store.rows(history.name) if one[parent] == row["Id"]]
    entries.sort(key=lambda one: (str(one["CreatedDate"]), one["Id"]), reverse=True)
    if not entries:
        return _card("History", element("p", "No changes yet.", class_="quiet"))
    saves = groupby(
        entries[:MOST_HISTORY], key=lambda one: (one["CreatedById"], one["CreatedDate"])
    )
    items = [_save(org, kind, who, when_, changes) for (who, when_), changes in saves]
    more = len(entries) - MOST_HISTORY
    rest = (
        element("p", f"{more} older changes are not shown.", class_="quiet") if more > 0 else None
    )
    return _card("History", element("ol", *items, class_="history"), rest)


def _save(org: Org, kind: ObjectType, who: str, when_: str, changes: Iterable[Row]) -> Html:
    """Return what one person changed at one time."""
    by = element("p", record_link(org, who), " · ", element("time", when(when_)), class_="quiet")
    return element("li", by, *(_change(org, kind, entry) for entry in changes))


def _change(org: Org, kind: ObjectType, entry: Row) -> Html:
    if entry["Field"] == "created":
        return element("p", "Created")
    field = kind.field(str(entry["Field"]))
    label = element("strong", column_label(field) if field else entry["Field"])
    before, after = (_past(org, kind, field, entry[name]) for name in ("OldValue", "NewValue"))
    if before is NOTHING and after is NOTHING:
        return element("p", label, " changed")
    old = before if before is NOTHING else element("span", before, class_="old")
    new = after if after is NOTHING else element("span", after, class_="new")
    arrow = element("span", " → ", class_="none", aria_label="to")
    return element("p", label, element("br"), old, arrow, new)


def _past(org: Org, kind: ObjectType, field: Field | None, value: Any) -> Html:
    if value is None:
        return NOTHING
    if field is not None and field.type == "reference":
        return record_link(org, str(value))
    return element("span", plain(kind, field, value) if field else str(value))


def _related(org: Org, kind: ObjectType, row: Row) -> Html:
    lists = []
    for child, field in org.schema.children(kind):
        if child.name_field == "Field" or not child.columns:
            continue
        rows = [
            dict(one) for one in org.store.rows(child.name)
            if one[field.name] == row["Id"] and not one["IsDeleted"]
        ]  # fmt: skip
        if rows:
            lists.append(_related_list(org, child, field, rows))
    return join(lists)


def _related_list(org: Org, child: ObjectType, field: Field, rows: Sequence[Row]) -> Html:
    stamp = "LastModifiedDate"
    newest = sorted(rows, key=lambda one: str(one.get(stamp)), reverse=True)[:MOST_RELATED]
    title = child.plural if field.label.startswith(("Account", "Opp")) else _titled(child, field)
    shown_count = f"{len(rows):,}"
    more = len(rows) - len(newest)
    note = element("p", f"and {more:,} more", class_="quiet") if more > 0 else None
    heading = element("h2", title, " ", element("span", shown_count, class_="count"))
    columns = [one for one in child.columns if one != field.name][:3]
    items = [_related_item(org, child, columns, one) for one in newest]
    return element(
        "section", heading, element("ul", *items, class_="related"), note, class_="card"
    )  # fmt: skip


def _related_item(org: Org, child: ObjectType, columns: Sequence[str], row: Row) -> Html:
    facts = []
    for name in columns:
        field = child.fields[name.lower()]
        if row[name] is not None:
            facts.append(element("span", shown(org, child, field, row[name])))
    link = element("a", name_of(child, row), href=f"/r/{row['Id']}")
    return element("li", link, element("p", *facts, class_="quiet facts-line"))


def _titled(child: ObjectType, field: Field) -> str:
    label = column_label(field)
    return child.plural if label in ("Name", "Related To") else f"{child.plural} ({label.lower()})"


def _card(title: str, *content: Html | None) -> Html:
    return element("section", element("h2", title), *content, class_="card")
