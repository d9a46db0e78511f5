"""What a stream tells: whatever the person may know of, and nothing else."""

import pytest

from orchestrator.live.events import MOST_AT_ONCE, Event, Kind, number, packed, unpacked
from orchestrator.live.passes import Pass, from_json

BEN = Pass(
    person="ben",
    name="Ben",
    workflows=frozenset({"deal-hygiene", "#1"}),
    roles=frozenset({"deal-desk"}),
)


def event(kind=Kind.DECIDED, proposal="prp_1", workflow="", roles=()):
    return Event(kind=kind, proposal=proposal, workflow=workflow, roles=frozenset(roles))


@pytest.mark.req("A1")
class TestPass:
    @pytest.mark.parametrize("workflow", ["deal-hygiene", number(1)])
    def test_lets_through_what_happens_in_a_workflow_the_person_sees(self, workflow):
        assert BEN.allows(event(workflow=workflow))

    @pytest.mark.parametrize("workflow", ["payroll", number(2), ""])
    def test_holds_back_what_happens_anywhere_else(self, workflow):
        assert not BEN.allows(event(workflow=workflow))

    def test_lets_through_what_comes_to_a_role_of_the_person(self):
        assert BEN.allows(event(Kind.REVIEW_OPENED, workflow="payroll", roles=["deal-desk"]))
        assert not BEN.allows(event(Kind.REVIEW_OPENED, workflow="payroll", roles=["payroll"]))

    def test_lets_through_what_happens_to_the_proposal_on_the_screen(self):
        here = Pass(person="eve", name="Eve", proposal="prp_1", proposal_workflow="payroll")
        assert here.allows(event(workflow="payroll"))
        assert not here.allows(event(proposal="prp_2", workflow="payroll"))

    def test_never_lets_through_what_is_meant_for_the_server(self):
        for kind in (Kind.SESSION_ENDED, Kind.RIGHTS_CHANGED):
            assert not BEN.allows(event(kind, workflow="deal-hygiene"))

    def test_is_the_same_after_its_way_through_an_answer(self):
        assert from_json(BEN.as_json()) == BEN

    def test_is_none_where_the_answer_is_another_one(self):
        with pytest.raises(KeyError):
            from_json({"person": "ben"})


class TestMessages:
    def test_bring_events_as_they_were(self):
        sent = [event(workflow="deal-hygiene", roles=["a", "b"]), event(Kind.DUE, "prp_2")]
        assert unpacked(packed(sent)) == sent

    def test_tell_the_same_once(self):
        assert len(unpacked(packed([event(), event()]))) == 1

    def test_say_of_what_ended_only_that(self):
        sent = [event(Kind.CHANGED), event(Kind.CHANGED, "prp_2"), event(Kind.DECIDED)]
        assert unpacked(packed(sent)) == sent[1:]

    def test_tell_very_many_as_one(self):
        many = [event(proposal=f"prp_{n}") for n in range(MOST_AT_ONCE + 1)]
        assert unpacked(packed(many)) == [Event(kind=Kind.MUCH)]

    @pytest.mark.parametrize("message", [b"", b"{", b"7", b'["x"]', b'[{"p":"prp_1"}]', b"\xff"])
    def test_of_somebody_else_hold_nothing(self, message):
        assert unpacked(message) == []
