"""Templates that every page shares, and what no template may contain."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from orchestrator.web.demo_people import DEMO_PEOPLE
from tests.web.frame import ANONYMOUS, PERSON, navigation
from tests.web.reading import read

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
ALL = sorted(TEMPLATES.rglob("*.html"))
ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "409.html", "500.html"]
REFUSED_BY_POLICY = re.compile(
    r"\sstyle=|\son[a-z]+=|javascript:|hx-on|<style|<script(?![^>]*\ssrc=)|https?://"
    r"|\|safe\b|{% autoescape off",
    re.IGNORECASE,
)
PROBLEM = {"title": "Stale", "detail": "open <it> again.", "code": "stale_state"}
SIGNED_IN = {"user": PERSON, "nav": navigation(), "site": {"version": "1.2.3"}, "csrf_token": "t"}


class TestEveryTemplate:
    @pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
    def test_has_nothing_that_the_policy_refuses_or_that_escapes_escaping(self, path):
        assert REFUSED_BY_POLICY.findall(path.read_text()) == []


class TestErrorPages:
    @pytest.mark.parametrize("name", ERRORS)
    @pytest.mark.parametrize("context", [{}, SIGNED_IN], ids=["bare", "signed-in"])
    def test_say_what_to_do_whatever_the_context(self, name, context):
        reading = read(render_to_string(name, context))

        assert reading.tags >= {"h1", "main", "a"}
        assert "Go to the inbox" in reading.text()

    @pytest.mark.parametrize("name", ["problem.html", "_problem.html", "409.html"])
    def test_say_what_was_refused_with_its_code(self, name):
        text = read(render_to_string(name, {**SIGNED_IN, "problem": PROBLEM})).text()

        assert "Stale" in text
        assert "Open <it> again." in text
        assert "stale_state" in text


class TestSignIn:
    def test_offers_the_people_of_the_demo(self):
        html = render_to_string(
            "registration/login.html",
            {
                "user": ANONYMOUS,
                "form": SimpleNamespace(non_field_errors=["Wrong password."]),
                "demo_people": DEMO_PEOPLE,
                "demo_password": "demo-word",
                "next": "/ledger/",
            },
        )
        names = [
            attributes["value"]
            for tag, attributes in read(html).elements
            if tag == "input" and attributes.get("name") == "username" and "value" in attributes
        ]

        assert names == [person.username for person in DEMO_PEOPLE]
        assert html.count('name="next" value="/ledger/"') == len(DEMO_PEOPLE) + 2
        assert "Wrong password." in html

    def test_offers_nobody_outside_the_demo(self):
        html = render_to_string(
            "registration/login.html",
            {"user": ANONYMOUS, "form": SimpleNamespace(non_field_errors=[]), "demo_people": []},
        )

        assert html.count('name="username"') == 1


class TestSwitchBanner:
    @pytest.mark.parametrize(
        ("state", "words"), [("halting", "Halting."), ("halted", "Halted."), ("running", "")]
    )
    def test_speaks_only_when_writes_are_stopped(self, state, words):
        html = render_to_string("_switch_banner.html", {"nav": navigation(state, "By Ada.")})

        assert read(html).text().strip().startswith(words)
        assert ("By Ada." in html) == (state != "running")
