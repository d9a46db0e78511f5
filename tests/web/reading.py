"""Reads HTML the way a browser does, so that tests can say what survived of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Reading(HTMLParser):
    """The tags, attributes and text of a piece of HTML, text kept by the elements around it."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    pieces: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    around: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element with its attributes."""
        known = {name: value or "" for name, value in attrs}
        self.elements.append((tag, known))
        self.around.append(known.get("class", "") or tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave the element."""
        self.around.pop()

    def handle_data(self, data: str) -> None:
        """Note a piece of text and what is around it."""
        self.pieces.append((tuple(self.around), data))

    def text(self, *, without: tuple[str, ...] = ()) -> str:
        """Return the text outside the elements or classes named in `without`."""
        return "".join(self.pieces_outside(without))

    def pieces_outside(self, without: tuple[str, ...]) -> Iterator[str]:
        """Yield the text that no element of `without` is around."""
        for around, data in self.pieces:
            if not set(around) & set(without):
                yield data

    @property
    def tags(self) -> set[str]:
        """Return the names of all elements."""
        return {tag for tag, _ in self.elements}


def read(html: str) -> Reading:
    """Read `html` to its end."""
    reading = Reading()
    reading.feed(html)
    reading.close()
    return reading
