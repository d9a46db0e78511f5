"""SOSL, as far as `FIND {…} IN … FIELDS RETURNING …` goes: text in, what is wanted out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.simulator.errors import Refusal, refusal

FIND = re.compile(
    r"\s*FIND\s*\{(?P<term>(?:\\.|[^}\\])*)\}"
    r"(?:\s+IN\s+(?P<group>ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS)?"
    r"(?:\s+RETURNING\s+(?P<returning>.*?))?"
    r"(?:\s+LIMIT\s+(?P<limit>\d+))?\s*",
    re.IGNORECASE | re.DOTALL,
)
OBJECT = re.compile(r"\s*(\w+)\s*(?:\((.*)\))?\s*", re.DOTALL)
INSIDE = re.compile(
    r"\s*(?P<fields>.*?)(?P<rest>\s+(?:WHERE|ORDER\s+BY)\b.*?)?(?:\s+LIMIT\s+(?P<limit>\d+))?"
    r"(?:\s+OFFSET\s+(?P<offset>\d+))?\s*",
    re.IGNORECASE | re.DOTALL,
)
PIECE = re.compile(r'"(?P<phrase>[^"]*)"|(?P<word>(?:\\.|[^\s"()])+)')
OPERATORS = frozenset({"and", "or", "not"})
SHORTEST = 2
NAME, ALL = "name", "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One object of the answer: its fields, and SOQL clauses that narrow it down."""

    object_name: str
    fields: Sequence[str] = ("Id",)
    clauses: str = ""
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for, where, and what to return; without objects all are searched."""

    term: str
    group: str = ALL
    wanted: Sequence[Wanted] = ()
    limit: int | None = None


def parse(text: str) -> Search:
    """
    Return what a SOSL statement asks for.

    :raises Refusal: MALFORMED_SEARCH
    """
    found = FIND.fullmatch(text)
    if found is None:
        raise malformed("unexpected token in the search statement")
    wanted = tuple(_wanted(part) for part in _parts(found["returning"] or ""))
    limit = int(found["limit"]) if found["limit"] else None
    return Search(found["term"], (found["group"] or ALL).lower(), wanted, limit)


def patterns(term: str) -> list[list[re.Pattern[str]]]:
    """
    Return alternatives, each a list of patterns that must all be found; `*` and `?` are wild.

    :raises Refusal: MALFORMED_SEARCH if there is nothing to look for
    """
    alternatives: list[list[re.Pattern[str]]] = [[]]
    for found in PIECE.finditer(term):
        text = found["phrase"] if found["word"] is None else found["word"]
        operator = text.lower() if found["word"] is not None else ""
        if operator == "or":
            alternatives.append([])
        elif operator not in OPERATORS and text.strip():
            alternatives[-1].append(_pattern(text.strip()))
    letters = re.sub(r"[\W_]", "", term)
    if len(letters) < SHORTEST or not all(alternatives):
        raise malformed("search term must be longer than one character")
    return alternatives


def malformed(message: str) -> Refusal:
    """Return the refusal of a search that cannot be read."""
    return refusal("MALFORMED_SEARCH", message)


def _pattern(text: str) -> re.Pattern[str]:
    """Whole words only, wherever in a field: a search without a wildcard does not find parts."""
    plain = "".join(_letters(text))
    return re.compile(rf"(?<!\w){plain}(?!\w)", re.IGNORECASE)


def _letters(text: str) -> Iterator[str]:
    wild = {"*": r"\w*", "?": r"\w"}
    for found in re.finditer(r"\\(.)|(.)", text, re.DOTALL):
        yield re.escape(found[1]) if found[1] else wild.get(found[2], re.escape(found[2]))


def _wanted(text: str) -> Wanted:
    found = OBJECT.fullmatch(text)
    inside = INSIDE.fullmatch(found[2]) if found and found[2] else None
    if found is None or (found[2] is not None and (inside is None or not inside["fields"])):
        raise malformed(f"unexpected token in RETURNING: {text.strip()[:100]}")
    if inside is None:
        return Wanted(found[1])
    return Wanted(
        found[1],
        tuple(name.strip() for name in inside["fields"].split(",")),
        inside["rest"] or "",
        int(inside["limit"]) if inside["limit"] else None,
        int(inside["offset"] or 0),
    )


def _parts(text: str) -> Iterator[str]:
    """Yield what commas outside brackets and quotes separate."""
    depth, start, quoted = 0, 0, False
    for place, letter in enumerate(text):
        if letter == "'" and text[place - 1 : place] != "\\":
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if letter == "," and depth == 0:
                yield text[start:place]
                start = place + 1
    if text[start:].strip():
        yield text[start:]
