"""Long texts folded, never cut: what is not in sight is one press away, and its length is said."""

from collections.abc import Callable

# A text up to this length is shown whole; of a longer one its beginning.
SHOWN, WORTH_FOLDING = 600, 900
# Of what stays the same in a long text, so much around each change.
AROUND, LONG_RUN = 160, 480


def folded_html(text: str, shown: Callable[[str], str]) -> str:
    """Return a text as HTML by `shown`, its rest behind a summary that says how long it is."""
    if len(text) <= WORTH_FOLDING:
        return shown(text)
    at = _word_end(text, SHOWN)
    rest = len(text) - at
    return f"{shown(text[:at])}{_fold(shown(text[at:]), f'show {rest:,} more characters')}"


def folded_run(text: str, shown: Callable[[str], str], *, first: bool, last: bool) -> str:
    """Return what stays the same between two changes, its middle behind a summary."""
    if len(text) <= LONG_RUN:
        return shown(text)
    start = 0 if first else _word_end(text, AROUND)
    end = len(text) if last else _word_end(text, len(text) - AROUND)
    if end - start <= AROUND:
        return shown(text)
    words = f"{end - start:,} characters that stay the same"
    return "".join((shown(text[:start]), _fold(shown(text[start:end]), words), shown(text[end:])))


def _fold(html: str, words: str) -> str:
    return f'<details class="fold"><summary>{words}</summary>{html}</details>'


def _word_end(text: str, at: int) -> int:
    """Return a place near `at` that is no place inside a word."""
    space = text.find(" ", at, at + 40)
    return at if space < 0 else space
