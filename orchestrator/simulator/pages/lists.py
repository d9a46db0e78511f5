"""The home page, and the list of an object's records."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from orchestrator.simulator.fields import Field, ObjectType
from orchestrator.simulator.org import Org
from orchestrator.simulator.pages.frame import tile
from orchestrator.simulator.pages.markup import Html, element, join
from orchestrator.simulator.pages.values import name_of, plain, shown
from orchestrator.simulator.store import Row

PAGE = 50


def home(org: Org, kinds: Sequence[ObjectType]) -> Html:
    """Return the objects, each with the number of its records."""
    cards = [
        element(
            "a", tile(kind),
            element("span", kind.plural, class_="name"),
            element("span", f"{_count(org, kind):,}", class_="count"),
            class_="card object", href=f"/o/{kind.name}",
        )
        for kind in kinds
    ]  # fmt: skip
    return join([element("h1", "Objects"), element("div", *cards, class_="objects")])


def record_list(org: Org, kind: ObjectType, *, search: str, number: int) -> Html:
    """Return one page of an object's records, newest change first."""
    rows = _found(org, kind, search)
    pages = max(1, -(-len(rows) // PAGE))
    number = min(max(number, 1), pages)
    some = rows[(number - 1) * PAGE : number * PAGE]
    count = f"{len(rows):,} {kind.label.lower() if len(rows) == 1 else kind.plural.lower()}"
    found = f"{count} matching “{search}”" if search else count
    return join(
        [
            element("div", tile(kind), element("div", element("h1", kind.plural),
                    element("p", found, class_="quiet")), class_="title"),
            _search(kind, search),
            table(org, kind, some) if some else _nothing(kind, search),
            _pager(kind, search, number, pages),
        ]
    )  # fmt: skip


def table(org: Org, kind: ObjectType, rows: Sequence[Row]) -> Html:
    """Return records as a table that becomes cards on a narrow screen."""
    columns = columns_of(kind)
    name_label = kind.fields[kind.name_field.lower()].label
    heads = [element("th", label, scope="col") for label in (name_label, *_labels(columns))]
    lines = [
        element(
            "tr",
            element("th", element("a", name_of(kind, row), href=f"/r/{row['Id']}"), scope="row"),
            *(
                element("td", shown(org, kind, field, row[field.name]), data_label=label)
                for field, label in zip(columns, _labels(columns), strict=True)
            ),
        )
        for row in rows
    ]
    head = element("thead", element("tr", *heads))
    return element("div", element("table", head, element("tbody", *lines)), class_="card scroll")


def columns_of(kind: ObjectType) -> list[Field]:
    """Return the fields a list shows after the name."""
    return [kind.fields[name.lower()] for name in kind.columns]


def _labels(columns: Sequence[Field]) -> list[str]:
    return [column_label(field) for field in columns]


def column_label(field: Field) -> str:
    """Return a field's label the way a page heads it: references by what they lead to."""
    return field.label.removesuffix(" ID")


def _found(org: Org, kind: ObjectType, search: str) -> list[Row]:
    rows = [dict(row) for row in org.store.rows(kind.name) if not row["IsDeleted"]]
    wanted = search.casefold()
    if wanted:
        rows = [row for row in rows if wanted in _searched(org, kind, row)]
    stamp = "LastModifiedDate" if "lastmodifieddate" in kind.fields else "CreatedDate"
    return sorted(rows, key=lambda row: (str(row[stamp]), row["Id"]), reverse=True)


def _searched(org: Org, kind: ObjectType, row: Row) -> str:
    parts = [name_of(kind, row), row["Id"]]
    for field in columns_of(kind):
        value: Any = row[field.name]
        found = org.store.find(value) if value and field.type == "reference" else None
        parts.append(name_of(*found) if found else plain(kind, field, value))
    return "\n".join(parts).casefold()


def _count(org: Org, kind: ObjectType) -> int:
    return sum(1 for row in org.store.rows(kind.name) if not row["IsDeleted"])


def _search(kind: ObjectType, search: str) -> Html:
    label = f"Search {kind.plural.lower()}"
    return element(
        "form",
        element("input", type="search", name="q", value=search, aria_label=label,
                placeholder=f"{label} …"),
        element("button", "Search", type="submit"),
        element("a", "Clear", href=f"/o/{kind.name}") if search else None,
        method="get", action=f"/o/{kind.name}", class_="search", role="search",
    )  # fmt: skip


def _nothing(kind: ObjectType, search: str) -> Html:
    text = "Nothing matches. Try fewer words." if search else f"No {kind.plural.lower()} yet."
    return element("p", text, class_="card empty")


def _pager(kind: ObjectType, search: str, number: int, pages: int) -> Html | None:
    if pages == 1:
        return None

    def step(label: str, target: int) -> Html:
        if not 1 <= target <= pages:
            return element("span", label, class_="none")
        query = urlencode({**({"q": search} if search else {}), "page": target})
        return element("a", label, href=f"/o/{kind.name}?{query}")

    return element(
        "nav", step("Previous", number - 1), element("span", f"Page {number} of {pages}"),
        step("Next", number + 1), class_="pager", aria_label="Pages",
    )  # fmt: skip
