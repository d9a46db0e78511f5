"""The tags and filters, as templates use them."""

import datetime as dt
import re

import pytest
from django.template import engines
from hypothesis import given

from tests.web.hostile import texts
from tests.web.reading import read

AT = dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.UTC)
FULL_DIGEST = "9f2c1b7e" * 8


def shown(source: str, **context: object) -> str:
    """Render a piece of template."""
    text: str = engines["django"].from_string("{% load display %}" + source).render(context)
    return text


class TestIcon:
    def test_is_decoration_without_a_label(self):
        [(_, attributes), (_, use)] = read(shown('{% icon "check" %}')).elements

        assert attributes["aria-hidden"] == "true"
        assert use["href"].endswith("icons.svg#check")

    def test_speaks_with_a_label(self):
        (_, attributes), _ = read(shown('{% icon "check" label=words %}', words='a"b')).elements

        assert (attributes["role"], attributes["aria-label"]) == ("img", 'a"b')


class TestBadge:
    def test_shows_the_word_the_tone_and_the_hint(self):
        html = shown('{% badge "proposal" "outcome_unknown" %}')

        assert read(html).text().strip() == "Outcome unknown"
        assert 'class="badge tone-warn"' in html
        assert "settled by reading back" in html

    def test_takes_another_label(self):
        assert read(shown('{% badge "risk" "high" label="High risk" %}')).text().strip() == (
            "High risk"
        )

    @given(texts)
    def test_escapes_a_word_from_anywhere(self, text):
        assert read(shown('{% badge "proposal" word %}', word=text)).tags == {"span", "svg", "use"}


class TestPlainText:
    def test_isolates_and_escapes(self):
        assert shown("{{ text|plain_text }}", text="<b>hi</b>") == (
            '<bdi class="plain-text">&lt;b&gt;hi&lt;/b&gt;</bdi>'
        )

    def test_shows_nothing_for_nothing(self):
        assert read(shown("{{ text|plain_text }}", text=None)).text() == ""

    @given(texts)
    def test_lets_no_markup_of_the_text_through(self, text):
        assert read(shown("{{ text|plain_text }}", text=text)).tags <= {"bdi", "span"}


class TestPlainLine:
    @given(texts)
    def test_cannot_leave_the_attribute_it_stands_in(self, text):
        elements = read(shown('<p title="{{ text|plain_line }}">x</p>', text=text)).elements

        assert [(tag, list(attributes)) for tag, attributes in elements] == [("p", ["title"])]


class TestWordDiff:
    def test_shows_an_absent_text_as_inserted(self):
        assert "<ins>hello</ins>" in shown("{% word_diff old new %}", old=None, new="hello")

    @given(texts, texts)
    def test_lets_no_markup_through(self, old, new):
        tags = read(shown("{% word_diff old new %}", old=old, new=new)).tags

        assert tags <= {"bdi", "ins", "del", "span"}


class TestFieldValue:
    def test_takes_the_kind_of_the_field(self):
        assert shown('{{ "148500.00"|field_value:"currency" }}') == "148,500.00"


class TestMoment:
    def test_shows_the_time_with_its_zone(self):
        assert read(shown("{{ at|moment }}", at=AT)).text() == "21 Nov 2026, 10:00 UTC"

    def test_shows_a_dash_for_never(self):
        assert shown("{{ at|moment }}", at=None) == "\N{EN DASH}"


class TestTimeLeft:
    def test_shows_words_the_moment_and_a_bar(self):
        html = shown(
            "{% time_left due start=start at=at %}",
            due=AT + dt.timedelta(minutes=12),
            start=AT - dt.timedelta(minutes=48),
            at=AT,
        )

        assert read(html).text().strip() == "12 min left"
        assert 'value="80"' in html
        assert 'datetime="2026-11-21T10:12:00+00:00"' in html

    def test_says_when_there_is_no_deadline(self):
        assert read(shown("{% time_left due %}", due=None)).text().strip() == "no deadline"

    def test_reads_the_clock_itself_when_no_moment_is_given(self):
        assert "overdue" in shown("{% time_left due %}", due=AT - dt.timedelta(days=9999))


class TestPercent:
    @pytest.mark.parametrize(
        ("share", "words"),
        [(0.914, "91%"), ("0.29", "29%"), (0.999, "99%"), (1, "100%"), (0, "0%")],
    )
    def test_rounds_down(self, share, words):
        assert shown("{{ share|percent }}", share=share) == words

    def test_shows_a_dash_for_unknown(self):
        assert shown("{{ share|percent }}", share=None) == "\N{EN DASH}"


class TestShortDigest:
    def test_shows_both_ends_and_keeps_the_whole(self):
        html = shown("{{ digest|short_digest }}", digest=f"sha256:{FULL_DIGEST}")

        assert read(html).text() == "9f2c1b…2c1b7e"
        assert FULL_DIGEST in html

    @pytest.mark.parametrize(("digest", "words"), [("abc", "abc"), ("", "\N{EN DASH}")])
    def test_leaves_what_is_short_alone(self, digest, words):
        assert read(shown("{{ digest|short_digest }}", digest=digest)).text() == words

    @given(texts)
    def test_escapes_what_is_no_digest(self, text):
        assert read(shown("{{ digest|short_digest }}", digest=text)).tags <= {"code"}


class TestSafeHref:
    def test_links_with_the_host_in_sight(self):
        reading = read(
            shown("{% safe_href href title %}", href="https://a.example/x", title="Order form")
        )
        links = [attributes for tag, attributes in reading.elements if tag == "a"]

        assert links[0]["href"] == "https://a.example/x"
        assert "noopener" in links[0]["rel"]
        assert re.sub(r"\s+", " ", reading.text()) == "Order form a.example"

    def test_shows_a_script_as_text(self):
        reading = read(shown("{% safe_href href title %}", href="javascript:alert(1)", title="Go"))

        assert "a" not in reading.tags
        assert "javascript:alert(1)" in reading.text()

    def test_shows_the_title_alone_without_an_address(self):
        assert read(shown("{% safe_href href title %}", href=None, title="Call")).text() == "Call"

    @given(texts, texts)
    def test_links_nowhere_but_to_the_web(self, href, title):
        reading = read(shown("{% safe_href href title %}", href=href, title=title))

        assert reading.tags <= {"a", "bdi", "span", "svg", "use"}
        assert all(
            attributes["href"].lower().startswith(("http://", "https://"))
            for tag, attributes in reading.elements
            if tag == "a"
        )


class TestObjectAvatar:
    @given(texts)
    def test_takes_any_name(self, name):
        assert read(shown("{% object_avatar name %}", name=name)).tags == {"span", "svg", "use"}


class TestInitials:
    @pytest.mark.parametrize(
        ("name", "letters"),
        [("Mina Kovač", "MK"), ("ada", "A"), ("Jan van der Berg", "JB"), ("", "?"), ("(ops)", "?")],
    )
    def test_takes_the_first_and_the_last_name(self, name, letters):
        assert shown("{{ name|initials }}", name=name) == letters


class TestCapped:
    @pytest.mark.parametrize(("count", "words"), [(0, "0"), (99, "99"), (100, "99+"), (None, "0")])
    def test_never_needs_more_room_than_three_signs(self, count, words):
        assert shown("{{ count|capped }}", count=count) == words
