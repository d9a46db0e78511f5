"""From one look to the last write: what was written goes back, and the pair is linked."""

import datetime as dt

import pytest

from approvals import permissions, submission
from approvals.content import DraftChange
from approvals.models import Proposal, Review, Revision
from approvals.queries import status_of
from audit import queries as ledger
from orchestrator.agents import operations as agents
from orchestrator.commits import fence, reversals
from orchestrator.commits.models import Commit, Reversal
from orchestrator.commits.states import Scope
from orchestrator.workflows.models import Workflow
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
    commit_of,
    committed,
    look,
    parts_of,
    prepare,
    refuse,
    rick,
    take_back,
    write,
)

pytestmark = pytest.mark.django_db


def account(crm, number=1, **values):
    return crm.add("Account", f"001{number:012d}", **{"Name": "Old", "Phone": "1", **values})


@pytest.mark.req("D1", "D2")
class TestAnUpdate:
    def test_gets_its_old_values_back(self, crm):
        key = opportunity(crm)
        original = write(key, StageName="Qualification", NextStep="Call")

        [part] = take_back(original)

        assert part.state == "committed"
        assert crm.records[key]["StageName"] == "Prospecting"
        assert crm.records[key]["NextStep"] is None

    def test_is_linked_with_what_took_it_back(self, crm):
        original = write(opportunity(crm))

        [part] = take_back(original)

        original.refresh_from_db()
        assert (original.state, original.reverted_by_id) == ("reverted", part.pk)
        assert part.pk in original.outcome_text
        told = ledger.timeline(original.pk)[-1]
        assert told.event == "proposal.reverted"
        assert told.detail["rollback"] == part.pk
        assert told.detail["rollback_commit"] == commit_of(part).pk
        done = ledger.timeline(part.pk)[-1]
        assert (done.event, done.detail["reverted"]) == (
            "commit.done",
            [{"proposal": original.pk, "commit": commit_of(original).pk}],
        )

    def test_tells_its_agent(self, crm):
        original = write(opportunity(crm))

        [part] = take_back(original)

        told = status_of(Proposal.objects.get(pk=original.pk))
        assert (told["state"], told["closed"], told["reverted_by"]) == ("reverted", True, part.pk)

    def test_stands_in_the_record_s_history_with_the_reason(self, crm):
        key = opportunity(crm)

        take_back(write(key))

        newest = ledger.record_history(object_name="Opportunity", record_id=key.record_id).lines[0]
        assert newest.detail["action"] == "roll_back"
        assert newest.detail["reason_text"] == "The agent read the wrong list."
        assert newest.detail["fields"]["StageName"] == {
            "old": "Qualification",
            "new": "Prospecting",
        }


@pytest.mark.req("D1")
class TestADelete:
    def test_of_what_was_created_happens_once(self, crm):
        create = DraftChange(operation="create", object_name="Lead", fields={"Name": "Ada"})
        original = approve_automatically("enrich_lead", create)
        drain()
        [key] = [key for key in crm.records if key.object_name == "Lead"]

        [part] = take_back(original)
        drain(LATER + dt.timedelta(minutes=1))

        assert part.state == "committed"
        assert key not in crm.records
        assert [effect[0] for effect in crm.effects] == ["create", "delete"]

    def test_is_kept_from_a_record_that_somebody_has_touched_since(self, crm):
        create = DraftChange(operation="create", object_name="Lead", fields={"Name": "Ada"})
        original = approve_automatically("enrich_lead", create)
        drain()
        [key] = [key for key in crm.records if key.object_name == "Lead"]
        crm.edit(key, Website="https://ada.example.com")

        [line] = look(original.pk).lines

        assert (line.fate, line.because) == ("newer", "Somebody has changed it since.")

    def test_makes_a_deleted_record_again_with_all_it_was_made_of(self, crm):
        key = account(crm, Industry="Food")
        delete = DraftChange(operation="delete", object_name="Account", record_id=key.record_id)
        original = approve_changes("fix_accounts", delete)
        drain()

        take_back(committed(original))

        [again] = [key for key in crm.records if key.object_name == "Account"]
        assert again != key
        assert crm.records[again] == {"Name": "Old", "Phone": "1", "Industry": "Food"}


@pytest.mark.req("D1", "D2")
class TestWhoDecides:
    def test_are_the_people_of_the_action_that_wrote_it_without_its_conditions(self, crm):
        rollback = ask(look(write(opportunity(crm, Amount=1.0)).pk))

        prepare()

        [part] = parts_of(rollback)
        roles = Review.objects.filter(proposal=part).values_list("role__slug", flat=True)
        assert list(roles) == ["deal-desk", "ae-manager"]

    def test_is_never_whoever_asked_for_it(self, crm):
        rollback = ask(look(write(opportunity(crm)).pk))
        prepare()
        [part] = parts_of(rollback)
        review = Review.objects.get(proposal=part, state="open")

        with pytest.raises(permissions.OwnProposal):
            permissions.check_may_decide(rick(), part, review)

    def test_are_people_even_where_policy_alone_wrote_it(self, crm):
        lead = crm.add("Lead", "00Q000000000001AAA", Name="Ada", Industry="Food")
        change = DraftChange(
            operation="update",
            object_name="Lead",
            record_id=lead.record_id,
            fields={"Industry": "Media"},
        )
        original = approve_automatically("enrich_lead", change)
        drain()
        rollback = ask(look(original.pk))

        prepare()

        [part] = parts_of(rollback)
        assert part.state == "in_review"
        review = Review.objects.select_related("role").get(proposal=part)
        assert review.role.slug == "ops-owner"

    def test_say_in_their_own_words_why_a_newer_value_is_overwritten(self, crm):
        key = opportunity(crm)
        original = write(key)
        crm.edit(key, StageName="Negotiation")
        seen = look(original.pk)
        [line] = seen.lines

        rollback = ask(seen, ticked=[line.mark])
        prepare()

        [part] = parts_of(rollback)
        assert Review.objects.filter(proposal=part)[0].policy["approve_needs_text"]
        assert part.risk == "high"
        content = Revision.objects.get(proposal=part).content
        assert content["newer"] == [f"Opportunity/{key.record_id}/StageName"]

    def test_may_say_no_and_it_can_be_asked_again(self, crm):
        original = write(opportunity(crm))
        first = ask(look(original.pk))
        prepare()
        refuse(parts_of(first)[0])

        again = ask(look(original.pk))

        assert Reversal.objects.filter(state="dropped").count() == 1
        carry_out(again)
        assert state_of(original) == "reverted"


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

    def test_of_a_rollback_do_not_use_up_what_agents_may_write(self, crm):
        original = write(opportunity(crm))
        [part] = take_back(original)

        assert part.agent is None
        assert Commit.objects.get(proposal=part).agent == ""
        assert get_user("rick").username in part.barred
