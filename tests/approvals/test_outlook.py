"""Every state has its words and its next step."""

import pytest

from approvals.outlook import MOVING, Situation, outlook
from approvals.states import ProposalState
from orchestrator.web.badges import PROPOSAL


class TestOutlook:
    @pytest.mark.parametrize("state", ProposalState.values())
    def test_always_says_what_happens_next(self, state):
        found = outlook(Situation(state=state, text="Because."))

        assert found.title
        assert found.next_step.endswith(".")
        assert found.moving == (state in MOVING)

    @pytest.mark.parametrize("state", ProposalState.values())
    def test_knows_every_state_that_has_a_badge(self, state):
        assert state in PROPOSAL

    def test_a_page_looks_again_while_the_records_are_being_read(self):
        found = outlook(Situation(state="in_review", preparing=True))

        assert found.moving
        assert found.title == "Its records are being read again"

    @pytest.mark.parametrize("code", ["record_moved", "approval_undone"])
    def test_what_is_asked_again_is_no_trouble_with_reading(self, code):
        found = outlook(
            Situation(state="in_review", preparing=True, attempts=1, code=code, text="Ben did it.")
        )

        assert found.title == "Its records are being read again"
        assert found.quote == "Ben did it."

    def test_says_why_the_records_could_not_be_read(self):
        found = outlook(
            Situation(state="received", preparing=True, attempts=2, code="timeout", text="Silence.")
        )

        assert found.title == "The records could not be read yet"
        assert found.quote == "Silence."

    def test_says_why_an_approved_proposal_is_held(self):
        found = outlook(Situation(state="approved", code="halted", text="Writes are halted."))

        assert found.title == "Approved, and not written yet"
        assert found.quote == "Writes are halted."

    def test_warns_where_the_crm_changed_what_was_written(self):
        found = outlook(Situation(state="committed", differs=True))

        assert found.tone == "warn"
        assert "reads back differently" in found.title

    def test_tells_the_one_who_may_decide_that_it_waits_for_them(self):
        assert outlook(Situation(state="in_review", role="Deal desk", mine=True)).title == (
            "Waits for you"
        )
        assert outlook(Situation(state="in_review", role="Deal desk")).title == (
            "Waits for Deal desk"
        )
