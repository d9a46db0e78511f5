"""One verdict from every rule: the most restrictive finding wins."""

from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.verdict import STRICTNESS, GrantFact, Outcome
from tests.policy.situations import WHOLE, change, codes, facts, judged, request

pytestmark = pytest.mark.req("A1")


class TestEvaluate:
    def test_lets_an_automatic_action_in_execute_mode_pass(self):
        verdict = judged()
        assert (verdict.outcome, verdict.stages, verdict.risk) == (Outcome.AUTOMATIC, [], "low")

    def test_refuses_an_action_that_is_not_listed(self):
        verdict = judged(request(action="merge_accounts"))
        assert verdict.outcome == Outcome.REFUSE
        assert codes(verdict) == {"action_not_listed"}

    @pytest.mark.parametrize(
        ("mode", "outcome"),
        [
            ("observe", Outcome.OBSERVE),
            ("propose", Outcome.REVIEW),
            ("execute", Outcome.AUTOMATIC),
            ("nonsense", Outcome.REVIEW),
        ],
    )
    @pytest.mark.req("G6")
    def test_follows_the_mode(self, mode, outcome):
        assert judged(known=facts(mode=mode)).outcome == outcome

    @pytest.mark.req("A3")
    def test_asks_people_for_human_only_actions_and_wants_their_words(self):
        verdict = judged(policy="human_only", stages=[{"role": "ae-manager"}])
        assert verdict.outcome == Outcome.REVIEW
        assert verdict.approve_needs_text
        assert verdict.risk == "high"

    @pytest.mark.req("D1")
    def test_calls_an_irreversible_action_a_high_risk(self):
        verdict = judged(reversible=False, policy="human_in_loop")
        assert "irreversible" in codes(verdict)
        assert verdict.risk == "high"

    @pytest.mark.req("D1")
    def test_never_deletes_automatically(self):
        verdict = judged(request(change(operation="delete", fields={})))
        assert verdict.outcome == Outcome.REVIEW
        assert verdict.risk == "high"

    def test_asks_the_owners_where_no_stage_applies(self):
        verdict = judged(
            policy="human_in_loop",
            stages=[{"role": "deal-desk", "when": "change.new.StageName == 'Closed Won'"}],
        )
        assert [stage.role for stage in verdict.stages] == ["ops-owner"]

    def test_keeps_the_order_of_the_stages_that_apply(self):
        verdict = judged(
            policy="human_in_loop",
            stages=[
                {"role": "sales-ops"},
                {"role": "deal-desk", "when": "change.new.StageName == 'Proposal'"},
                {"role": "risk-owner", "when": "record.Amount > 5000.0"},
            ],
        )
        assert [stage.role for stage in verdict.stages] == ["sales-ops", "deal-desk"]

    def test_includes_a_stage_whose_condition_cannot_be_judged(self):
        empty = change(base={"StageName": "Qualification", "Amount": None})
        verdict = judged(
            request(empty),
            policy="human_in_loop",
            stages=[{"role": "risk-owner", "when": "record.Amount > 5000.0"}],
        )
        assert [stage.role for stage in verdict.stages] == ["risk-owner"]

    @given(
        mode=st.sampled_from(["observe", "propose", "execute"]),
        policy=st.sampled_from(["automatic", "human_in_loop", "human_only"]),
        deletes=st.booleans(),
        confidence=st.one_of(st.none(), st.floats(0, 1)),
        granted=st.booleans(),
        moved=st.booleans(),
    )
    def test_is_never_less_strict_than_any_of_its_findings(
        self, mode, policy, deletes, confidence, granted, moved
    ):
        asked = change(operation="delete", fields={}) if deletes else change()
        verdict = judged(
            request(asked, confidence=confidence),
            facts(mode=mode, grants=[WHOLE] if granted else [], record_moved=moved),
            policy=policy,
            confidence={"below": 0.5},
        )
        strictest = max(STRICTNESS[finding.outcome] for finding in verdict.findings)
        assert STRICTNESS[verdict.outcome] == strictest
        if verdict.outcome == Outcome.AUTOMATIC:
            assert mode == "execute"
            assert policy == "automatic"
            assert not deletes
            assert granted
            assert not moved
            assert confidence is not None
            assert confidence >= 0.5
        if verdict.outcome == Outcome.REVIEW:
            assert verdict.stages


@pytest.mark.req("B2")
class TestGrants:
    def test_refuse_an_operation_nobody_granted(self):
        update_only = GrantFact("Opportunity", frozenset({"StageName"}), frozenset({"update"}))
        gone = change(operation="delete", fields={})
        assert "not_granted" in codes(judged(request(gone), facts(grants=[update_only])))

    def test_name_the_fields_that_are_missing(self):
        stage_only = GrantFact("Opportunity", frozenset({"StageName"}), frozenset({"update"}))
        both = change(fields={"StageName": "Proposal", "Amount": 5})
        verdict = judged(request(both), facts(grants=[stage_only]))
        assert verdict.refusals()[0].text == "No grant covers Opportunity: Amount."

    def test_add_up(self):
        stage = GrantFact("Opportunity", frozenset({"StageName"}), frozenset({"update"}))
        amount = GrantFact("Opportunity", frozenset({"Amount"}), frozenset({"update"}))
        both = change(fields={"StageName": "Proposal", "Amount": 5})
        assert judged(request(both), facts(grants=[stage, amount])).outcome == Outcome.AUTOMATIC

    @pytest.mark.parametrize(
        ("condition", "outcome"),
        [
            ("record.Amount < 5000.0", Outcome.AUTOMATIC),
            ("record.Amount > 5000.0", Outcome.REFUSE),
            ("record.Missing == 'x'", Outcome.REFUSE),
        ],
    )
    def test_cover_only_records_inside_their_filter(self, condition, outcome):
        filtered = GrantFact(
            "Opportunity", frozenset({"StageName"}), frozenset({"update"}), condition
        )
        assert judged(known=facts(grants=[filtered])).outcome == outcome


class TestRecords:
    def test_refuse_a_record_that_is_not_there(self):
        gone = change(exists=False, base={})
        assert "record_not_found" in codes(judged(request(gone)))

    def test_refuse_a_change_that_changes_nothing(self):
        same = change(fields={"Amount": "1000.00"})
        assert judged(request(same)).refusals()[0].code == "no_change"

    def test_ask_people_where_the_agent_believed_another_value(self):
        verdict = judged(request(change(expect={"StageName": "Prospecting"})))
        assert verdict.outcome == Outcome.REVIEW
        assert "expectation_differs" in codes(verdict)

    @pytest.mark.req("A5")
    def test_ask_people_again_where_the_record_moved(self):
        assert judged(known=facts(record_moved=True)).outcome == Outcome.REVIEW


class TestFields:
    @pytest.mark.parametrize(
        ("rule", "wish", "code"),
        [
            ({"allowed": ["Prospecting"]}, "Proposal", "value_not_allowed"),
            ({"max_length": 3}, "Proposal", "value_too_long"),
        ],
    )
    def test_refuse_values_outside_their_bounds(self, rule, wish, code):
        verdict = judged(request(change(fields={"StageName": wish})), fields={"StageName": rule})
        assert codes(verdict) >= {code}
        assert verdict.outcome == Outcome.REFUSE

    @pytest.mark.parametrize(
        ("rule", "wish", "code"),
        [
            ({"min": 10}, 5, "value_too_small"),
            ({"max": 10}, 50, "value_too_large"),
            ({"min": 10}, "much", "value_not_a_number"),
            ({"max_change_pct": 40}, 1500, "change_too_large"),
        ],
    )
    def test_refuse_amounts_outside_their_bounds(self, rule, wish, code):
        verdict = judged(request(change(fields={"Amount": wish})), fields={"Amount": rule})
        assert verdict.refusals()[0].code == code

    def test_refuse_a_date_that_moves_too_far(self):
        wish = change(fields={"CloseDate": "2027-12-01"})
        verdict = judged(request(wish), fields={"CloseDate": {"max_shift_days": 90}})
        assert verdict.refusals()[0].code == "shift_too_long"

    def test_ask_people_where_the_size_of_a_change_cannot_be_told(self):
        wish = change(fields={"Amount": 5}, base={"Amount": None})
        verdict = judged(request(wish), fields={"Amount": {"max_change_pct": 40}})
        assert verdict.outcome == Outcome.REVIEW

    def test_refuse_fields_and_objects_that_the_action_does_not_write(self):
        elsewhere = change(object_name="Account")
        grant = GrantFact("Account", frozenset({"StageName"}), frozenset({"update"}))
        found = codes(judged(request(elsewhere), facts(grants=[grant])))
        assert "target_not_in_action" in found
        assert "field_not_in_action" in codes(judged(request(change()), fields={"Amount": {}}))

    def test_refuse_the_fields_of_other_writers(self):
        owned = {"Opportunity.StageName": {"system_of_record": "crm", "writers": ["somebody"]}}
        assert "writer_not_allowed" in codes(judged(fields_owned=owned))


@pytest.mark.req("C1")
class TestReasons:
    def test_refuse_a_reason_that_is_not_listed(self):
        assert "reason_not_listed" in codes(judged(reasons=["renewal"]))

    def test_refuse_too_little_evidence_of_the_right_kind(self):
        verdict = judged(evidence={"at_least": 1, "kinds": ["file"]})
        assert "evidence_missing" in codes(verdict)

    def test_refuse_a_reason_without_words(self):
        assert "reason_missing" in codes(judged(request(reason_text=" \n")))


class TestLimits:
    limit: ClassVar[dict[str, Any]] = {
        "limits": [{"per": "agent", "writes": 10, "window": "1 hour"}]
    }

    @pytest.mark.parametrize(
        ("used", "outcome"), [(9, Outcome.AUTOMATIC), (10, Outcome.REVIEW), (None, Outcome.REVIEW)]
    )
    def test_let_automatic_writes_pass_within_them_only(self, used, outcome):
        assert judged(known=facts(writes_used=[used]), **self.limit).outcome == outcome

    def test_ask_people_where_a_declared_window_is_not_watched(self):
        windows = [{"deny": "FRI 16:00 - MON 08:00 UTC", "actions": ["change"]}]
        assert "windows_not_watched" in codes(judged(windows=windows))
