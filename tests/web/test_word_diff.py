"""What changed between two texts."""

import time

from hypothesis import given

from orchestrator.web.word_diff import TOKEN, Vocabulary, word_changes, word_diff_html
from tests.web.hostile import texts
from tests.web.reading import read

DELETED, KEPT, INSERTED = -1, 0, 1
MARKS = ("invisible-char", "newline-mark", "lookalike-char", "lookalike-note")


class TestVocabulary:
    @given(texts)
    def test_decodes_what_it_encoded(self, text):
        vocabulary = Vocabulary()

        assert vocabulary.decode(vocabulary.encode(text)) == text

    def test_never_uses_a_surrogate(self):
        vocabulary = Vocabulary()
        many = " ".join(map(str, range(60_000)))

        encoded = vocabulary.encode(many)

        assert vocabulary.decode(encoded) == many
        encoded.encode()


class TestToken:
    def test_keeps_numbers_dates_and_addresses_whole(self):
        found = TOKEN.findall("120,000.00 on 2026-11-21 by ada@example.com.")

        assert [word for word in found if word != " "] == [
            "120,000.00",
            "on",
            "2026-11-21",
            "by",
            "ada@example.com",
            ".",
        ]


class TestWordChanges:
    @given(texts, texts)
    def test_leads_from_the_old_text_to_the_new(self, old, new):
        changes = list(word_changes(old, new))

        assert "".join(words for operation, words in changes if operation != INSERTED) == old
        assert "".join(words for operation, words in changes if operation != DELETED) == new

    def test_ends_in_time_on_long_texts_that_have_nothing_in_common(self):
        old = " ".join(f"a{n * 7919 % 10_007}" for n in range(8_000))
        new = " ".join(f"b{n * 104_729 % 10_007}" for n in range(8_000))

        begun = time.monotonic()
        list(word_changes(old, new))

        assert time.monotonic() - begun < 10


class TestWordDiffHtml:
    def test_marks_whole_words(self):
        assert word_diff_html("for 12 months", "for 24 months") == (
            "for <del>12</del><ins>24</ins> months"
        )

    def test_draws_a_line_end_that_was_added(self):
        assert '<ins><span class="newline-mark" aria-hidden="true">↵</span>\n</ins>' in (
            word_diff_html("one two", "one\n two")
        )

    def test_shows_a_hidden_character_that_was_slipped_in(self):
        assert "⟦U+200B⟧" in word_diff_html("pay acme", "pay ac\u200bme")

    @given(texts, texts)
    def test_lets_no_markup_of_either_text_through(self, old, new):
        reading = read(word_diff_html(old, new))

        assert reading.tags <= {"ins", "del", "span"}
        assert all(
            tag != "span" or attributes["class"] in MARKS for tag, attributes in reading.elements
        )

    @given(texts, texts)
    def test_reads_as_the_new_text_without_what_was_deleted(self, old, new):
        plain = "".join(char for char in new if char.isalnum() and char.isascii())
        without = ("del", "invisible-char", "newline-mark", "lookalike-note")

        shown = read(word_diff_html(old, new)).text(without=without)

        assert "".join(char for char in shown if char.isalnum() and char.isascii()) == plain
