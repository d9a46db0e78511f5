"""Untrusted text made honest to read: escaped, what is invisible or passes for others marked."""

import unicodedata
from collections.abc import Callable

from django.utils.html import escape

from orchestrator.web.lookalikes import lookalikes

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


def text_note(char: str, like: str) -> str:
    """Name a character that passes for another behind it, where only text may stand."""
    return f"{char}{text_marker(char)}"


def html_note(char: str, like: str) -> str:
    """Name a character that passes for another behind it, in a page."""
    title = f"{character_name(char)}, looks like {like}"
    return (
        f'<span class="lookalike-char" title="{title}">{char}</span>'
        f'<span class="lookalike-note" title="{title}">{text_marker(char)}</span>'
    )


def marked(
    text: str,
    *,
    stand_in: Callable[[str], str],
    note: Callable[[str, str], str],
    clean: Callable[[str], str],
) -> str:
    """Put marks where a reader could miss or mistake a character; `clean` the runs between them."""
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return clean(text)
    like = lookalikes(text)
    parts: list[str] = []
    run_start = 0
    for index, char in enumerate(text):
        if index in like or is_invisible(char):
            mark = note(char, like[index]) if index in like else stand_in(char)
            parts += clean(text[run_start:index]), mark
            run_start = index + 1
    return "".join([*parts, clean(text[run_start:])])


def visible_html(text: str) -> str:
    """Return `text` as HTML: escaped, misleading characters in marked spans, lines kept."""
    return marked(text, stand_in=html_marker, note=html_note, clean=lambda run: str(escape(run)))


def visible_line(text: str) -> str:
    """Return `text` on one line without markup, for titles and attributes; not escaped."""
    one_line = " ".join(text.replace("\t", " ").splitlines())
    return marked(one_line, stand_in=text_marker, note=text_note, clean=str)
