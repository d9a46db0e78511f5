"""When a rollback goes on, when it waits, and when it comes back to people."""

import datetime as dt

import pytest

from approvals import preparation, reversing, submission
from approvals.content import DraftChange
from approvals.facts import Usage
from approvals.models import Proposal, Revision
from orchestrator.agents import operations as agents
from orchestrator.commits import fence, reversals
from orchestrator.commits.models import Commit
from orchestrator.commits.states import Scope
from orchestrator.workflows.declared import Limit
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.queries import definition_of
from tests.commits.scene import (
    SOON,
    approve_automatically,
    approve_changes,
    drain,
    opportunity,
    state_of,
)
from tests.factories import SETUP, create_proposal, get_user, vote_on
from tests.rollbacks.scene import (
    LATER,
    ask,
    carry_out,
    committed,
    look,
    parts_of,
    prepare,
    rick,
    take_back,
    write,
)

pytestmark = pytest.mark.django_db


def account(crm, number=1):
    return crm.add("Account", f"001{number:012d}", Name="Old", Phone="1")


@pytest.mark.req("D2", "G5")
class TestItGoesOn:
    @pytest.fixture
    def original(self, crm):
        return write(opportunity(crm))

    @pytest.mark.parametrize("end", [agents.suspend, agents.retire])
    def test_while_the_agent_is(self, original, end):
        end(agent=original.agent, reason="It went wrong.", by=SETUP, at=SOON)

        take_back(original)

        assert state_of(original) == "reverted"

    @pytest.mark.parametrize(
        ("scope", "value"), [(Scope.AGENT, "hygiene-agent"), (Scope.AGENTS, "")]
    )
    def test_while_agents_are_halted(self, original, scope, value):
        fence.halt(scope=scope, value=value, reason="Look first.", by=SETUP, at=SOON)

        take_back(original)

        assert state_of(original) == "reverted"

    def test_in_a_workflow_that_was_taken_down_to_observe(self, original):
        Workflow.objects.update(mode="observe")

        take_back(original)

        assert state_of(original) == "reverted"

    @pytest.mark.parametrize(
        ("scope", "value"),
        [
            (Scope.ALL, ""),
            (Scope.ORG, "acme-prod"),
            (Scope.WORKFLOW, "deal-hygiene"),
            (Scope.OBJECT, "Opportunity"),
        ],
    )
    def test_but_not_where_everything_is_halted(self, original, crm, scope, value):
        fence.halt(scope=scope, value=value, reason="Stop.", by=SETUP, at=SOON)
        before = len(crm.effects)

        [part] = take_back(original)

        assert part.state == "approved"
        assert len(crm.effects) == before
        assert state_of(original) == "committed"


@pytest.mark.req("D2")
class TestARecordThatMoves:
    def test_after_the_approval_comes_back_to_people_with_three_values(self, crm):
        key = opportunity(crm)
        original = write(key)
        rollback = ask(look(original.pk))
        prepare()
        [part] = parts_of(rollback)
        vote_on(proposal=part, at=LATER)
        crm.edit(key, StageName="Negotiation")

        drain(LATER)

        part.refresh_from_db()
        assert part.state == "in_review"
        [change] = Revision.objects.get(proposal=part, number=2).conflict["changes"]
        assert change["fields"] == [
            {
                "field": "StageName",
                "then": "Qualification",
                "now": "Negotiation",
                "proposed": "Prospecting",
            }
        ]
        assert crm.records[key]["StageName"] == "Negotiation"
        prepare(LATER + dt.timedelta(minutes=1))
        part.refresh_from_db()
        assert part.state == "in_review"

    def test_between_the_look_and_the_wish_is_kept(self, crm):
        moved, still = opportunity(crm), opportunity(crm, 2)
        first, second = write(moved), write(still)
        seen = look("deal-hygiene", "workflow")
        crm.edit(moved, StageName="Negotiation")

        rollback = ask(seen)

        assert [part.revisions.get().content["reverts"] for part in parts_of(rollback)] == [
            [second.pk]
        ]
        assert "Deal 1" in rollback.remarks["kept"][0]
        carry_out(rollback)
        assert (state_of(first), state_of(second)) == ("committed", "reverted")


@pytest.mark.req("D2")
class TestSeveralRecordsOfOneCommit:
    def test_go_back_in_one_proposal(self, crm):
        keys = [account(crm, number) for number in (1, 2, 3)]
        changes = [
            DraftChange(
                operation="update",
                object_name="Account",
                record_id=key.record_id,
                fields={"Phone": "2"},
            )
            for key in keys
        ]
        original = approve_changes("fix_accounts", *changes)
        drain()

        [part] = take_back(committed(original))

        assert part.revisions.get().changes.count() == 3
        assert [crm.records[key]["Phone"] for key in keys] == ["1", "1", "1"]

    def test_that_one_call_cannot_hold_are_reverted_once_every_part_is_done(self, crm):
        creates = [
            DraftChange(operation="create", object_name="Lead", fields={"Name": f"Lead {n}"})
            for n in range(20)
        ]
        original = approve_automatically("enrich_lead", *creates)
        drain()
        rollback = ask(look(original.pk))
        first, second = parts_of(rollback)
        prepare()
        vote_on(proposal=first, at=LATER, text="Delete them.")

        drain(LATER)
        assert state_of(original) == "committed"

        vote_on(proposal=second, at=LATER, text="Delete them.")
        drain(LATER)
        assert state_of(original) == "reverted"
        assert not crm.records


class TestAnOpenRollback:
    def test_keeps_its_commits_from_being_chosen_again(self, crm):
        original = write(opportunity(crm))
        rollback = ask(look(original.pk))

        seen = look(original.pk)

        assert seen.found.commits == []
        assert seen.found.under_way == [parts_of(rollback)[0].pk]

    def test_that_was_withdrawn_lets_go(self, crm):
        original = write(opportunity(crm))
        [part] = parts_of(ask(look(original.pk)))
        submission.withdraw(proposal=part, reason="No.", by=rick().actor, at=LATER)

        assert [each.proposal_id for each in look(original.pk).found.commits] == [original.pk]
        assert reversals.drop_dead(at=LATER) == 1
        assert reversals.drop_dead(at=LATER) == 0


class TestProposals:
    def test_of_agents_are_never_rollbacks(self, crm):
        opportunity(crm)
        proposal = create_proposal()

        assert proposal.purpose == "change"
        assert "reverts" not in proposal.revisions.get().content

    def test_of_a_rollback_have_no_agent_and_bar_who_asked(self, crm):
        original = write(opportunity(crm))
        [part] = take_back(original)

        assert part.agent is None
        assert Commit.objects.get(proposal=part).agent == ""
        assert get_user("rick").username in part.barred

    def test_of_a_rollback_do_not_use_up_what_agents_may_write(self, crm):
        original = write(opportunity(crm))
        take_back(original)
        limit = Limit.model_validate({"per": "workflow", "writes": 10, "window": "1 day"})
        definition = definition_of(original.version_id).model_copy(update={"limits": [limit]})

        used = Usage(LATER).of(definition, workflow_id=original.workflow_id, agent_id=None)

        assert used == [1]


class TestOneThatCannotBeGoverned:
    def test_waits_and_keeps_nobody_else_waiting(self, crm, monkeypatch):
        first, second = write(opportunity(crm)), write(opportunity(crm, 2))
        broken, sound = ask(look(first.pk)), ask(look(second.pk))
        [bad], [good] = parts_of(broken), parts_of(sound)
        whole = reversing.definition_with

        def definition_with(definition, content, **more):
            if first.pk in content["reverts"]:
                raise ValueError(content["reverts"])
            return whole(definition, content, **more)

        monkeypatch.setattr(reversing, "definition_with", definition_with)
        preparation.prepare_due(at=LATER)

        states = Proposal.objects.in_bulk([bad.pk, good.pk])
        assert states[good.pk].state == "in_review"
        assert (states[bad.pk].state, states[bad.pk].prepare_at > LATER) == ("received", True)
