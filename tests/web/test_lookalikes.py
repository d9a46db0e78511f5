"""Letters that pass for others, and the words of other languages that do not."""
# ruff: noqa: RUF001 - the look-alikes are the subject

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.web.lookalikes import LIKE, lookalikes, script
from orchestrator.web.visible_text import visible_html, visible_line
from tests.web.hostile import texts
from tests.web.reading import read

pytestmark = pytest.mark.req("A5")
LATIN_WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=12)
CYRILLIC = sorted(char for char in LIKE if script(char) == "CYRILLIC")


class TestLookalikes:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("p\u0430ypal", {1: "a"}),
            ("\u0420aypal Holdings", {0: "P"}),
            ("Micr\u03bfsoft", {4: "o"}),
            ("amaz\u0585n", {4: "o"}),
            ("\uff11\uff10\uff10", {0: "1", 1: "0", 2: "0"}),
            ("\U0001d41account", {0: "a"}),
            ("1\u041e0,000", {1: "0"}),
            ("1\u09e60", {1: "0"}),
            ("\u0251cme", {0: "a"}),
            ("pa\u217c", {2: "l"}),
            ("Pay to \u0430\u0441\u0435 Ltd", {7: "a", 8: "c", 9: "e"}),
            ("p\u200b\u0430y", {2: "a"}),
            ("p\u0301\u0430y", {2: "a"}),
        ],
    )
    def test_are_found_with_what_they_pass_for(self, text, found):
        assert lookalikes(text) == found

    @pytest.mark.parametrize(
        "text",
        [
            "plain",
            "Вера Соколова",
            "сор",
            "Ελληνικά και άλλα",
            "日本語のテキスト",
            "全角１２３と日本語",
            "André Müller, Łódź, Işık, Ærø, Nguyễn Văn",
            "SQLзапрос",
            "user_адрес",
            "Москва office, улица Ленина 10А",
            "5 μm, α-helix, x² + y³, Ⅳ",
            "שלום עולם",
            "الرقم ١٢٣",
            "👩‍👩‍👧 family",
        ],
    )
    def test_are_not_seen_in_plain_words_of_any_language(self, text):
        assert lookalikes(text) == {}

    @given(LATIN_WORDS, LATIN_WORDS, st.sampled_from(CYRILLIC))
    def test_are_found_wherever_one_stands_in_a_latin_word(self, before, after, char):
        assert lookalikes(f"{before}{char}{after}") == {len(before): LIKE[char]}

    @given(st.text(st.characters(max_codepoint=0x24F)))
    def test_are_never_seen_in_latin_text(self, text):
        assert lookalikes(text) == {}

    @given(texts)
    def test_are_places_in_the_text(self, text):
        assert all(0 <= place < len(text) for place in lookalikes(text))


class TestMarking:
    def test_names_the_letter_behind_it_and_says_what_it_passes_for(self):
        html = visible_html("p\u0430y")

        assert 'title="U+0430 CYRILLIC SMALL LETTER A, looks like a">\u0430</span>' in html
        assert read(html).text() == "p\u0430⟦U+0430⟧y"

    def test_reaches_titles_and_attributes(self):
        assert visible_line("p\u0430y") == "p\u0430⟦U+0430⟧y"
