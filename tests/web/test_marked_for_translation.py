"""Every word that a template shows is marked for translation."""

from pathlib import Path

import pytest

from tests.web.unmarked_text import unmarked

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def test_every_word_of_every_page_can_be_translated():
    found = {
        str(path.relative_to(TEMPLATES)): [run.words for run in runs]
        for path in sorted(TEMPLATES.rglob("*.html"))
        if (runs := unmarked(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Nothing waits</p>", ["Nothing waits"]),
        ('<p>{% translate "Nothing waits" %}</p>', []),
        ("<p>{{ count }} wait</p>", ["{{ count }} wait"]),
        ("{% blocktranslate %}{{ count }} wait{% endblocktranslate %}", []),
        ('<button aria-label="Close"></button>', ["Close"]),
        ("<button data-key='a' title='{{ words }}'></button>", []),
        ("{% if late %}Late{% else %}In time{% endif %}", ["Late", "In time"]),
        ("<kbd>Enter</kbd> <code>run_id</code>", []),
        ("<p>{{ first }} · {{ second }}</p>", []),
        ("<p>&nbsp;→ 3</p>", []),
        ("{# said nowhere #}", []),
        ('<svg><path d="M3 4"></path></svg>Drawn', ["Drawn"]),
        ('<a{% if here %} aria-current="page"{% endif %} href="{{ href }}">Next</a>', ["Next"]),
    ],
)
def test_finds_what_is_read_and_nothing_else(source, words):
    assert [run.words.strip() for run in unmarked(source)] == words
