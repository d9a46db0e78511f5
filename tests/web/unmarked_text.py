"""Finding words in a template that no translator would ever see."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKENS = re.compile(r"({%.*?%}|{{.*?}}|{#.*?#})", re.S)
LETTERS = re.compile(r"[A-Za-z]{2}|\b[AI]\b")
ENTITY = re.compile(r"&#?\w+;")
# What people read, or have read to them, though it stands in an attribute.
SPOKEN = ("aria-label", "title", "placeholder", "alt", "label")
# What is no language: keys to press, code, drawings, and our own name.
SILENT = re.compile(r"<(kbd|code|pre|script|style|svg|title-text)\b")
NAMES = {"Countersign", "Salesforce", "YAML", "JSON", "CSV", "REST", "sha256"}
ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*$")


@dataclass
class Run:
    """Text between two tags, with the variables in it: what would be one message."""

    start: int
    end: int
    # "text" between tags, or the name of the attribute.
    where: str
    words: str

    def speaks(self) -> bool:
        """Say whether there is something to translate."""
        left = ENTITY.sub(" ", TOKENS.sub(" ", self.words))
        return any(word not in NAMES for word in re.findall(r"\w*[A-Za-z]\w*", left)) and bool(
            LETTERS.search(left)
        )


def unmarked(source: str) -> list[Run]:
    """Return what a reader sees of a template and a translator would not, in order."""
    return [run for run in _runs(source) if run.speaks()]


def _runs(source: str) -> Iterator[Run]:
    state = _State()
    position, translating = 0, False
    for number, part in enumerate(TOKENS.split(source)):
        is_tag = number % 2 == 1
        end = position + len(part)
        if is_tag and part.startswith("{%"):
            name = part[2:-2].split()[0]
            yield from state.cut(position)
            translating = name == "blocktranslate" or (translating and name != "endblocktranslate")
            if name == "comment":
                state.silent += 1
            elif name == "endcomment":
                state.silent -= 1
        elif is_tag:
            if part.startswith("{{") and not translating:
                state.add(part, position, end)
        elif not translating:
            yield from state.read(part, position)
        position = end
    yield from state.cut(position)


class _State:
    """Where in the HTML we are: between tags, inside one, or inside the value of an attribute."""

    def __init__(self) -> None:
        self.run: Run | None = None
        self.quote = ""
        self.inside = False
        self.attribute = ""
        self.tag = ""
        self.silent = 0

    def read(self, text: str, offset: int) -> Iterator[Run]:
        for index, character in enumerate(text):
            yield from self._step(character, offset + index)

    def add(self, piece: str, start: int, end: int) -> None:
        if self.inside and not self.quote:
            self.tag += piece
        elif self._listening():
            if self.run is None:
                self.run = Run(start, end, self.attribute or "text", "")
            self.run.words += piece
            self.run.end = end

    def cut(self, _: int) -> Iterator[Run]:
        if self.run is not None:
            yield self.run
            self.run = None

    def _listening(self) -> bool:
        if self.quote:
            return self.attribute in SPOKEN
        return not self.inside and not self.silent

    def _step(self, character: str, at: int) -> Iterator[Run]:
        if self.quote:
            if character == self.quote:
                yield from self.cut(at)
                self.quote = self.attribute = ""
            else:
                self.add(character, at, at + 1)
        elif self.inside:
            if character in "\"'":
                named = ATTRIBUTE.search(self.tag)
                self.quote, self.attribute = character, named.group(1) if named else "?"
            elif character == ">":
                self._leave()
            self.tag += character
        elif character == "<":
            yield from self.cut(at)
            self.inside, self.tag = True, "<"
        else:
            self.add(character, at, at + 1)

    def _leave(self) -> None:
        self.inside = False
        if SILENT.match(self.tag):
            self.silent += 1
        elif re.match(r"</(kbd|code|pre|script|style|svg)\b", self.tag):
            self.silent -= 1
