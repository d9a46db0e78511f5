"""Long texts are folded, and lose nothing by it."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.web.folding import LONG_RUN, WORTH_FOLDING, folded_html, folded_run
from orchestrator.web.visible_text import visible_html
from orchestrator.web.word_diff import word_diff_html
from tests.web.reading import read

LONG = st.text("abc \n<&", min_size=0, max_size=3000)


class TestFolding:
    @given(LONG)
    def test_keeps_every_character(self, text):
        assert read(folded_html(text, visible_html)).text(without=("summary",)) == text

    @given(LONG, st.booleans(), st.booleans())
    def test_keeps_every_character_between_changes(self, text, first, last):
        html = folded_run(text, visible_html, first=first, last=last)

        assert read(html).text(without=("summary",)) == text

    def test_leaves_short_texts_alone(self):
        assert "details" not in folded_html("a" * WORTH_FOLDING, visible_html)
        assert "details" not in folded_run("a" * LONG_RUN, visible_html, first=False, last=False)

    def test_says_how_much_is_behind_it(self):
        assert "show 4,400 more characters" in folded_html("a" * 5000, visible_html)

    def test_shows_what_is_around_a_change_and_folds_the_rest(self):
        same = "word " * 1000

        reading = read(word_diff_html(f"{same}12 months {same}", f"{same}24 months {same}"))

        in_sight = reading.text(without=("fold",))
        assert "12" in in_sight
        assert "24 months" in in_sight
        assert len(in_sight) < 500
