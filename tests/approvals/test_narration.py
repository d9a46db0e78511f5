"""The ledger's lines as a story, and what a write left behind."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from approvals.narration import TOLD, steps, written
from audit.events import DATA, EXECUTION, REGISTER

AT = dt.datetime(2026, 11, 18, 10, 0, tzinfo=dt.UTC)


def line(event: str, **detail: Any) -> SimpleNamespace:
    return SimpleNamespace(
        at=AT,
        event=event,
        words=REGISTER[event].words,
        actor_label="Ben",
        object_name="Opportunity",
        record_id="006",
        detail=detail,
    )


SAMPLES: dict[str, Any] = {
    "findings": [{"outcome": "review"}, {"outcome": "automatic"}],
    "fields": {"StageName": {"old": "New", "new": "Closed"}},
    "until": "2026-11-21T18:00:00+00:00",
    "quorum": 1,
    "revision": 2,
    "confidence": 0.9,
    "differences": [],
}
# Orgs, rollbacks, bulk decisions and reconciliations have stories of their own.
OF_OTHERS = ("org", "rollback", "bulk", "reconciliation")
OF_PROPOSALS = [name for name in (*EXECUTION, *DATA) if name.split(".")[0] not in OF_OTHERS]


class TestSteps:
    @pytest.mark.parametrize("event", OF_PROPOSALS)
    def test_tell_every_event_that_a_proposal_can_have(self, event):
        known = REGISTER[event].keys
        detail = {name: SAMPLES.get(name, f"<{name}>") for name in known}

        (step,) = steps([line(event, **detail)])

        assert event in TOLD
        assert step.words
        assert step.who == "Ben"

    @pytest.mark.parametrize("event", [*EXECUTION, *DATA])
    def test_need_only_what_the_register_requires(self, event):
        required = REGISTER[event].required
        detail = {name: SAMPLES.get(name, f"<{name}>") for name in required}

        assert steps([line(event, **detail)])

    @pytest.mark.parametrize(
        ("vote", "words"),
        [("approve", "approved"), ("deny", "denied"), ("send_back", "asked a question")],
    )
    def test_say_how_somebody_voted(self, vote, words):
        (step,) = steps([line("review.voted", vote=vote, text="Fine.", stage=1, role="desk")])

        assert step.words == words
        assert step.note == "Fine."


class TestWritten:
    def test_puts_each_difference_at_its_own_record(self):
        differing = [
            {"position": 1, "field": "Phone", "wanted": "1", "found": "+1"},
            "An earlier try had written it; nothing was sent again.",
        ]
        changed = {"operation": "update", "fields": {"Phone": {"old": "0", "new": "+1"}}}

        first, second = written(
            [
                line("record.changed", **changed),
                line("record.changed", **changed, after_differs=True, label="Halden"),
                line("commit.done", commit="c", attempt=1, differences=differing),
            ]
        )

        assert not first.fields[0].differs
        assert second.differs
        assert second.label == "Halden"
        assert (second.fields[0].differs, second.fields[0].wanted) == (True, "1")


def test_names_what_a_person_left_out_and_edited():
    detail = {
        "revision": 2,
        "digest": "sha256:1",
        "cause": "edited",
        "answer": "The buyer said so.",
        "left_out": ["update Opportunity 006: NextStep"],
        "edited": ["Opportunity 006: StageName"],
    }

    [told] = steps([line("proposal.revised", **detail)])

    assert told.note == (
        "revision 2; edited Opportunity 006: StageName; left out update Opportunity 006: NextStep: "
        "The buyer said so."
    )
