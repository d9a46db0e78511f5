"""Words, tones and icons of states."""

import re
from pathlib import Path

import pytest

from approvals.states import Operation, ProposalState, ReviewState, Risk, Vote
from audit.lanes import Lane
from orchestrator.agents.states import AgentState
from orchestrator.commits.states import CommitState, HaltState
from orchestrator.policy.verdict import Outcome
from orchestrator.web.badges import KINDS, OBJECT_ICONS, badge_for, object_icon
from orchestrator.workflows.modes import Mode

ROOT = Path(__file__).resolve().parents[2]
TONES = {"quiet", "info", "good", "warn", "bad", "special"}
USED_IN_TEMPLATE = re.compile(
    r"""{% icon ["']([^"']+)["']|icon=["']([^"']+)["']|nav_link (?:"[^"]*" ){2}"([^"]+)\""""
)


def sprite_icons() -> set[str]:
    """Return the names that the sprite has."""
    sprite = (ROOT / "static/icons.svg").read_text()
    return set(re.findall(r'<symbol id="([^"]+)"', sprite))


def icons_in_templates() -> set[str]:
    """Return the names that templates write out."""
    return {
        next(filter(None, match))
        for path in (ROOT / "templates").rglob("*.html")
        for match in USED_IN_TEMPLATE.findall(path.read_text())
    }


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("proposal", ProposalState),
            ("review", ReviewState),
            ("vote", Vote),
            ("risk", Risk),
            ("operation", Operation),
            ("lane", Lane),
            ("agent", AgentState),
            ("commit", CommitState),
            ("switch", HaltState),
            ("check", Outcome),
            ("mode", Mode),
        ],
    )
    def test_has_a_badge_for_every_word_of_the_domain(self, kind, words):
        assert {word.value for word in words} <= set(KINDS[kind])

    def test_gives_different_endings_different_words(self):
        endings = ["denied", "expired", "refused", "withdrawn", "discarded", "reverted", "observed"]

        assert len({badge_for("proposal", ending).label for ending in endings}) == len(endings)

    def test_uses_only_known_tones(self):
        assert {badge.tone for words in KINDS.values() for badge in words.values()} <= TONES


class TestBadgeFor:
    def test_shows_a_word_nobody_listed_as_it_stands(self):
        badge = badge_for("proposal", "some_new_state")

        assert (badge.label, badge.tone) == ("Some new state", "quiet")


class TestObjectIcon:
    @pytest.mark.parametrize(
        ("name", "icon"),
        [
            ("Opportunity", "target"),
            ("Quote__c", "receipt-2"),
            ("ns__Quote__c", "receipt-2"),
            ("Anything_Else__c", "database"),
        ],
    )
    def test_knows_standard_objects_and_takes_any_other(self, name, icon):
        assert object_icon(name) == icon


class TestSprite:
    def test_has_every_icon_that_badges_and_objects_use(self):
        used = {badge.icon for words in KINDS.values() for badge in words.values()}

        assert used | set(OBJECT_ICONS.values()) | {"database", "point"} <= sprite_icons()

    def test_has_every_icon_that_templates_use(self):
        assert icons_in_templates() <= sprite_icons()
