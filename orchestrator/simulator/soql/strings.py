"""What the text between quotes means: escapes, and LIKE patterns."""

import re
from functools import lru_cache

from orchestrator.simulator.soql.errors import Fault

ESCAPES = {
    "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\",
}  # fmt: skip
PIECE = re.compile(r"\\u(?P<code>[0-9A-Fa-f]{4})|\\(?P<escaped>.)|(?P<plain>[^\\])", re.DOTALL)


def unescaped(raw: str, *, offset: int) -> str:
    """
    Return the text a quoted string stands for.

    :raises Fault: MALFORMED_QUERY if an escape is unknown
    """
    return "".join(_character(piece, offset) for piece in PIECE.finditer(raw))


def like_regex(raw: str, *, offset: int) -> re.Pattern[str]:
    """
    Return a LIKE pattern as a regular expression that ignores case.

    :raises Fault: MALFORMED_QUERY if an escape is unknown
    """
    segments = [""]
    for piece in PIECE.finditer(raw):
        if piece["plain"] == "%":
            segments.append("")
        else:
            segments[-1] += _like_piece(piece, offset)
    first, *rest = segments
    if not rest:
        return _compiled(first)
    # Atomic groups: each segment is found once, where it first stands, so that a pattern of many
    # percent signs costs no more than a plain search.
    middle = "".join(f"(?>.*?{segment})" for segment in rest[:-1] if segment)
    return _compiled(f"{first}{middle}.*{rest[-1]}")


@lru_cache(maxsize=512)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE | re.DOTALL)


def _like_piece(piece: re.Match[str], offset: int) -> str:
    if piece["plain"] == "_":
        return "."
    if piece["escaped"] in ("%", "_"):
        return str(piece["escaped"])
    return re.escape(_character(piece, offset))


def _character(piece: re.Match[str], offset: int) -> str:
    if piece["code"]:
        return chr(int(piece["code"], 16))
    if piece["plain"]:
        return str(piece["plain"])
    meant = ESCAPES.get(piece["escaped"].lower())
    if meant is None:
        raise Fault(
            "MALFORMED_QUERY", f"invalid string escape: '\\{piece['escaped']}'", offset=offset
        )
    return meant
