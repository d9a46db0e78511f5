"""Untrusted text made safe and honest to read: escaped, with every invisible character shown."""

import unicodedata
from collections.abc import Callable

from django.utils.html import escape

# Letters and marks that Unicode does not call invisible but that draw nothing.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
VARIATION_SELECTORS = (
    range(0x180B, 0x1810),
    range(0xFE00, 0xFE10),
    range(0xE0100, 0xE01F0),
)
HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
PLAIN_SPACE = frozenset(" \n\t")
OPEN, CLOSE = "⟦", "⟧"


def is_invisible(char: str) -> bool:
    """Say whether a reader could miss or be misled by `char`."""
    if char in PLAIN_SPACE:
        return False
    if char in BLANK or unicodedata.category(char) in HIDDEN_CATEGORIES:
        return True
    return any(ord(char) in selectors for selectors in VARIATION_SELECTORS)


def code_point(char: str) -> str:
    """Return the character's number as people write it: U+202E."""
    return f"U+{ord(char):04X}"


def character_name(char: str) -> str:
    """Return number and Unicode name, for the marker's tooltip."""
    return f"{code_point(char)} {unicodedata.name(char, 'control or unassigned character')}"


def text_marker(char: str) -> str:
    """Stand in for an invisible character where only text may stand."""
    return f"{OPEN}{code_point(char)}{CLOSE}"


def html_marker(char: str) -> str:
    """Stand in for an invisible character in a page."""
    title = character_name(char)
    return f'<span class="invisible-char" title="{title}">{text_marker(char)}</span>'


def replace_invisible(text: str, marker: Callable[[str], str], clean: Callable[[str], str]) -> str:
    """Put `marker` in the place of each invisible character and `clean` the runs between them."""
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return clean(text)
    parts: list[str] = []
    run_start = 0
    for index, char in enumerate(text):
        if is_invisible(char):
            parts += clean(text[run_start:index]), marker(char)
            run_start = index + 1
    return "".join([*parts, clean(text[run_start:])])


def visible_html(text: str) -> str:
    """Return `text` as HTML: escaped, invisible characters as marked spans, lines kept."""
    return replace_invisible(text, html_marker, lambda run: str(escape(run)))


def visible_line(text: str) -> str:
    """Return `text` on one line without markup, for titles and attributes; not escaped."""
    one_line = " ".join(text.replace("\t", " ").splitlines())
    return replace_invisible(one_line, text_marker, str)
