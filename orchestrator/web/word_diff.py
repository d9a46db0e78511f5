"""The difference of two texts, word by word, as HTML that is safe to show."""

import re
from collections.abc import Iterator

from diff_match_patch import diff_match_patch

from orchestrator.web.folding import folded_html, folded_run
from orchestrator.web.visible_text import visible_html

# Numbers, dates and addresses stay whole: nobody should puzzle out 1<del>20</del><ins>48</ins>,000.
TOKEN = re.compile(r"\w+(?:[.,:'\u2019@/+-]\w+)*|\s|[^\w\s]")
SECONDS_ALLOWED = 0.5
FIRST_SURROGATE, AFTER_SURROGATES = 0xD800, 0xE000
LINE_END = '<span class="newline-mark" aria-hidden="true">↵</span>\n'
ELEMENT = {diff_match_patch.DIFF_DELETE: "del", diff_match_patch.DIFF_INSERT: "ins"}


class Vocabulary:
    """One character for each distinct word, so that a diff of characters is one of words."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.places: dict[str, int] = {}

    def encode(self, text: str) -> str:
        """Return `text` with a single character for each word."""
        return "".join(map(self.character, TOKEN.findall(text)))

    def character(self, word: str) -> str:
        """Return the character that stands for `word`; surrogates cannot stand for anything."""
        place = self.places.setdefault(word, len(self.words))
        if place == len(self.words):
            self.words.append(word)
        return chr(place + 1 if place + 1 < FIRST_SURROGATE else place + 1 + self.gap)

    @property
    def gap(self) -> int:
        """Return how many characters the surrogates take."""
        return AFTER_SURROGATES - FIRST_SURROGATE

    def decode(self, encoded: str) -> str:
        """Return the words that the characters stand for."""
        return "".join(self.words[self.place(char)] for char in encoded)

    def place(self, char: str) -> int:
        """Return where the word of `char` is kept."""
        number = ord(char)
        return number - 1 if number < FIRST_SURROGATE else number - 1 - self.gap


def word_changes(old: str, new: str) -> Iterator[tuple[int, str]]:
    """Yield (deleted -1, kept 0 or inserted 1; the words), in reading order."""
    vocabulary = Vocabulary()
    engine = diff_match_patch()
    engine.Diff_Timeout = SECONDS_ALLOWED
    changes = engine.diff_main(vocabulary.encode(old), vocabulary.encode(new), checklines=False)
    engine.diff_cleanupSemantic(changes)
    for operation, encoded in changes:
        yield operation, vocabulary.decode(encoded)


def word_diff_html(old: str, new: str) -> str:
    """
    Return the difference with `del` and `ins`; line ends that came or went are drawn.

    What stays the same in a long text is folded around the changes.
    """
    changes = list(word_changes(old, new))
    parts = []
    for place, (operation, words) in enumerate(changes):
        if element := ELEMENT.get(operation):
            parts.append(f"<{element}>{folded_html(words, _with_line_ends)}</{element}>")
        else:
            last = place == len(changes) - 1
            parts.append(folded_run(words, visible_html, first=place == 0, last=last))
    return "".join(parts)


def _with_line_ends(words: str) -> str:
    return visible_html(words).replace("\n", LINE_END)
