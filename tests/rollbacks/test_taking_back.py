"""From one look to the last write: what was written goes back, and the pair is linked."""

import datetime as dt

import pytest

from approvals import permissions
from approvals.content import DraftChange
from approvals.models import Proposal, Review, Revision
from approvals.queries import status_of
from audit import queries as ledger
from orchestrator.commits.models import Reversal
from tests.commits.scene import (
    approve_automatically,
    approve_changes,
    drain,
    opportunity,
    state_of,
)
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
