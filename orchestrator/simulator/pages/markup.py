"""HTML from values: whatever is not HTML already is escaped."""

import html
from collections.abc import Iterable, Mapping
from typing import Any

VOID = frozenset({"input", "link", "meta", "br", "hr"})


class Html(str):
    """Text that is HTML; only this module makes it out of values."""

    __slots__ = ()


def element(tag: str, /, *children: Any, **attributes: Any) -> Html:
    """Return an element; `class_` and `for_` lose their underscore, others turn it into a dash."""
    opening = f"<{tag}{_attributes(attributes)}>"
    return Html(opening if tag in VOID else f"{opening}{join(children)}</{tag}>")


def join(children: Iterable[Any]) -> Html:
    """Return children one after the other, leaving out None."""
    return Html("".join(_child(child) for child in children if child is not None))


def _child(child: Any) -> str:
    if isinstance(child, Html):
        return child
    if isinstance(child, list | tuple):
        return join(child)
    return html.escape(str(child))


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
