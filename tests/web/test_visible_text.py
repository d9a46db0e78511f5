"""Text from agents: escaped, honest, complete."""

import re

import pytest
from hypothesis import given

from orchestrator.web.visible_text import is_invisible, visible_html, visible_line
from tests.web.hostile import texts
from tests.web.reading import read

MARKER = re.compile(r"⟦U\+([0-9A-F]{4,6})⟧")


def restored(html: str) -> str:
    """Return the text that a page shows, every marked character put back."""
    parts = []
    for around, data in read(html).pieces:
        if "lookalike-note" in around:
            continue
        marker = MARKER.fullmatch(data) if "invisible-char" in around else None
        parts.append(chr(int(marker[1], 16)) if marker else data)
    return "".join(parts)


class TestIsInvisible:
    @pytest.mark.parametrize(
        "char",
        list(
            "\u202e\u200b\u2066\ufeff\u00ad\u00a0\u2028\x00\x1b\r"
            "\u3164\u115f\u2800\u034f\ufe0f\U000e0100\U000e0041\ue000"
        ),
    )
    def test_is_true_of_what_a_reader_cannot_see(self, char):
        assert is_invisible(char)

    @pytest.mark.parametrize("char", list("aZ9 -é漢ק€👩\n\t"))
    def test_is_false_of_what_a_reader_sees(self, char):
        assert not is_invisible(char)


class TestVisibleHtml:
    def test_names_the_character_that_reverses_a_file_name(self):
        html = visible_html("invoice\u202egnp.exe")

        assert html == (
            'invoice<span class="invisible-char" title="U+202E RIGHT-TO-LEFT OVERRIDE">'
            "⟦U+202E⟧</span>gnp.exe"
        )

    def test_reads_windows_line_ends_as_line_ends(self):
        assert visible_html("one\r\ntwo") == "one\ntwo"

    def test_shows_half_a_surrogate_pair_instead_of_failing_to_encode_it(self):
        visible_html("a\ud800b").encode()

    @given(texts)
    def test_lets_no_markup_of_the_text_through(self, text):
        elements = read(visible_html(text)).elements

        assert all(
            tag == "span" and set(attributes) == {"class", "title"} for tag, attributes in elements
        )

    @given(texts)
    def test_leaves_no_invisible_character(self, text):
        assert not any(map(is_invisible, visible_html(text)))

    @given(texts)
    def test_keeps_every_character_of_the_text(self, text):
        assert restored(visible_html(text)) == text.replace("\r\n", "\n")


class TestVisibleLine:
    def test_is_one_line_with_every_invisible_character_named(self):
        assert visible_line("a\nb\tc\u202ed") == "a b c⟦U+202E⟧d"

    @given(texts)
    def test_has_neither_line_ends_nor_invisible_characters(self, text):
        line = visible_line(text)

        assert "\n" not in line
        assert not any(map(is_invisible, line))
