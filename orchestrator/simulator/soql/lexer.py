"""Text to tokens."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from orchestrator.simulator.soql.errors import Fault

Kind = Literal["name", "string", "number", "date", "datetime", "symbol", "end"]

LONGEST_QUERY = 100_000

TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
  | (?P<date>\d{4}-\d\d-\d\d)(?!\w)
  | (?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:E[+-]?\d+)?)(?!\w)
  | (?P<name>[A-Z_]\w*)
  | '(?P<string>(?:[^'\\]|\\.)*)'
  | (?P<symbol><=|>=|!=|<>|[=<>(),.:])
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the query; the text of a string is what stands between its quotes."""

    kind: Kind
    text: str
    offset: int

    @property
    def word(self) -> str:
        """The upper-case name, or nothing for any other kind."""
        return self.text.upper() if self.kind == "name" else ""


def tokens(text: str) -> list[Token]:
    """
    Return the tokens of a query, closed by one of kind `end`.

    :raises Fault: MALFORMED_QUERY at the first character that begins no token
    """
    if len(text) > LONGEST_QUERY:
        raise Fault("MALFORMED_QUERY", "SOQL statements cannot be longer than 100,000 characters.")
    found: list[Token] = []
    offset = 0
    while offset < len(text):
        match = TOKEN.match(text, offset)
        if match is None:
            raise Fault("MALFORMED_QUERY", _complaint(text[offset]), offset=offset)
        kind = match.lastgroup or "space"
        if kind != "space":
            found.append(Token(cast("Kind", kind), match[kind], offset))
        offset = match.end()
    found.append(Token("end", "<EOF>", len(text)))
    return found


def _complaint(character: str) -> str:
    if character == "'":
        return "unterminated string: a closing quote is missing"
    return f"unexpected character: '{character}'"
