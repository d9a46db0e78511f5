"""Scopes and the locks that stand for them."""

from orchestrator.commits.scopes import Reach, claim_key, scope_key, shared_keys
from orchestrator.commits.states import Scope

REACH = Reach(org="acme", workflow="hygiene", agent="bot", objects=("lead", "opportunity"))


class TestReach:
    def test_is_stopped_by_every_scope_it_touches(self):
        assert set(REACH.scopes()) == {
            ("all", ""),
            ("org", "acme"),
            ("workflow", "hygiene"),
            ("agents", ""),
            ("agent", "bot"),
            ("object", "lead"),
            ("object", "opportunity"),
        }

    def test_without_an_agent_no_agent_scope_stops_it(self):
        scopes = [scope for scope, _ in Reach("acme", "hygiene", "", ()).scopes()]

        assert not {Scope.AGENT, Scope.AGENTS} & set(scopes)


class TestKeys:
    def test_fit_into_the_databases_lock_space(self):
        keys = [*shared_keys([REACH]), claim_key("clm_1")]

        assert all(-(2**63) <= key < 2**63 for key in keys)
        assert len(set(keys)) == len(keys) == 8

    def test_come_in_one_order_and_once(self):
        keys = shared_keys([REACH, REACH, Reach("acme", "other", "bot", ("lead",))])

        assert keys == sorted(set(keys))

    def test_the_crm_does_not_mind_the_case_of_objects(self):
        assert scope_key("object", "Opportunity") == scope_key("object", "opportunity")
        assert scope_key("workflow", "Hygiene") != scope_key("workflow", "hygiene")
