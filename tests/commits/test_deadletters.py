"""What a person does with failures."""

import datetime as dt
from dataclasses import replace

import pytest

from approvals import preparation
from approvals.content import change_of
from approvals.models import Change
from approvals.problems import InvalidProposal
from audit import queries as ledger
from orchestrator.commits import bulk_triage, deadletters
from orchestrator.commits.bulk_triage import BulkVerdict
from orchestrator.commits.models import Commit, Hold
from orchestrator.connectors.errors import NotPermitted, OutcomeUnknown
from orchestrator.kernel.errors import NotAllowed, NotFound, ReasonNeeded
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle, state_of
from tests.factories import get_user, vote_on

pytestmark = [pytest.mark.django_db, pytest.mark.req("E3")]
LATER = SOON + dt.timedelta(minutes=5)


@pytest.fixture
def failed(crm) -> Commit:
    proposal = approve(opportunity(crm))
    crm.fail_writes = NotPermitted("No.")
    drain()
    crm.fail_writes = None
    return commit_of(proposal)


@pytest.fixture
def unclear(crm) -> Commit:
    key = opportunity(crm)
    proposal = approve(key)
    crm.fail_writes = OutcomeUnknown("No answer.")
    drain()
    crm.edit(key, StageName="Negotiation")
    settle(LATER)
    crm.fail_writes = None
    return commit_of(proposal)


def requeue(commit: Commit, who: str = "dora", reason: str = "Fixed.") -> Commit:
    return deadletters.requeue(commit_id=commit.pk, reason=reason, person=get_user(who), at=LATER)


class TestRequeue:
    def test_gives_it_every_try_again(self, failed, crm):
        assert requeue(failed).failures == 0

        drain(at=LATER)

        assert state_of(failed.proposal) == "committed"

    def test_reads_an_unclear_record_again_and_asks_people(self, unclear, crm):
        requeue(unclear)

        drain(at=LATER)

        assert crm.effects == []
        assert state_of(unclear.proposal) == "in_review"
        assert not Hold.objects.exists()

    def test_never_writes_what_turns_out_to_be_written(self, unclear, crm):
        # What nobody saw: it was written, and then somebody touched the record.
        [key] = crm.records
        crm.records[key]["StageName"] = "Qualification"
        crm.stamps[key] = (crm.at, crm.at, crm.writer_id)
        requeue(unclear)

        drain(at=LATER)

        assert crm.effects == []
        assert state_of(unclear.proposal) == "committed"
        line = ledger.record_history(object_name=key.object_name, record_id=key.record_id).lines[0]
        assert line.detail["fields"]["StageName"]["old"] == "Prospecting"

    def test_says_who_and_why(self, failed):
        requeue(failed, reason="The permission set was fixed.")

        entry = next(
            line for line in ledger.timeline(failed.proposal_id) if line.event == "commit.requeued"
        )
        assert entry.actor_id == "dora"
        assert entry.detail["reason"] == "The permission set was fixed."

    def test_is_for_who_administers_the_workflow(self, failed):
        with pytest.raises(NotAllowed):
            requeue(failed, who="ben")

    def test_wants_a_reason(self, failed):
        with pytest.raises(ReasonNeeded):
            requeue(failed, reason=" ")

    def test_only_once(self, failed):
        requeue(failed)

        with pytest.raises(deadletters.NotADeadLetter):
            requeue(failed)

    def test_not_what_is_still_being_settled(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_writes = OutcomeUnknown("No answer.")
        drain()

        with pytest.raises(deadletters.NotADeadLetter):
            requeue(commit_of(proposal))

    def test_an_unknown_commit_is_not_found(self, db):
        with pytest.raises(NotFound):
            deadletters.requeue(commit_id="cmt_none", reason="x", person=get_user("dora"), at=LATER)


class TestDiscard:
    def test_ends_commit_and_proposal(self, failed, crm):
        deadletters.discard(
            commit_id=failed.pk, reason="Overtaken.", person=get_user("dora"), at=LATER
        )
        drain(at=LATER)

        assert crm.effects == []
        assert (commit_of(failed.proposal).state, state_of(failed.proposal)) == (
            "discarded",
            "discarded",
        )

    def test_lets_the_record_of_an_unclear_one_go(self, unclear):
        deadletters.discard(
            commit_id=unclear.pk, reason="Overtaken.", person=get_user("dora"), at=LATER
        )

        assert not Hold.objects.exists()


@pytest.mark.req("E1")
class TestSettleAsWritten:
    def settle(self, commit: Commit, who: str = "dora", reason: str = "I saw it.") -> Commit:
        return deadletters.settle_as_written(
            commit_id=commit.pk, reason=reason, person=get_user(who), at=LATER
        )

    def test_reads_back_and_stores_what_every_commit_has(self, unclear, crm):
        self.settle(unclear)

        settle(LATER + dt.timedelta(minutes=1))

        done = commit_of(unclear.proposal)
        assert (done.state, state_of(unclear.proposal)) == ("done", "committed")
        assert done.after[0]["values"]["StageName"] == "Negotiation"
        assert done.inverse[0]["fields"] == {"StageName": "Prospecting"}
        assert crm.effects == []
        assert not Hold.objects.exists()

    def test_says_what_differs_and_that_a_person_settled_it(self, unclear):
        self.settle(unclear)
        settle(LATER + dt.timedelta(minutes=1))

        events = {line.event: line for line in ledger.timeline(unclear.proposal_id)}
        assert events["commit.settled"].actor_id == "dora"
        assert "I saw it." in events["commit.settled"].detail["text"]
        assert events["commit.done"].detail["differences"][0]["found"] == "Negotiation"

    def test_is_no_word_on_what_the_crm_refused(self, failed):
        with pytest.raises(deadletters.NotADeadLetter):
            self.settle(failed)

    def test_is_for_who_administers_the_workflow(self, unclear):
        with pytest.raises(NotAllowed):
            self.settle(unclear, who="ben")

    def test_cannot_be_said_of_a_record_that_is_not_there(self, unclear):
        Change.objects.filter(revision=unclear.revision_id).update(operation="create", record_id="")
        Commit.objects.filter(pk=unclear.pk).update(after=[None])

        with pytest.raises(deadletters.NothingThere):
            self.settle(unclear)

        assert commit_of(unclear.proposal).state == "unknown"


@pytest.mark.req("A4", "E3")
class TestReplace:
    def replace(self, commit: Commit, **fields) -> Commit:
        content = commit.revision.content["changes"][0]
        return deadletters.replace(
            commit_id=commit.pk,
            digest=commit.revision.digest,
            changes=[replace(change_of(content), fields=fields or {"StageName": "Proposal"})],
            reason="The stage was renamed.",
            person=get_user("dora"),
            at=LATER,
        )

    def test_ends_the_commit_and_asks_people_anew(self, failed, crm):
        assert self.replace(failed).state == "replaced"
        drain(at=LATER)

        assert state_of(failed.proposal) == "in_review"
        assert crm.effects == []

    def test_writes_what_was_corrected_once_people_approved_it(self, failed, crm):
        self.replace(failed)
        preparation.prepare_due(at=LATER)
        vote_on(proposal=failed.proposal, at=LATER)

        drain(at=LATER)

        assert [fields for _, _, fields in crm.effects] == [{"StageName": "Proposal"}]
        assert state_of(failed.proposal) == "committed"
        assert Commit.objects.get(pk=failed.pk).state == "replaced"

    def test_leaves_everything_as_it_was_when_it_changes_nothing(self, failed):
        with pytest.raises(InvalidProposal) as refused:
            self.replace(failed, StageName="Qualification")

        assert refused.value.code == "nothing_corrected"
        assert (commit_of(failed.proposal).state, state_of(failed.proposal)) == (
            "failed",
            "failed",
        )

    def test_waits_until_somebody_said_whether_it_was_written(self, unclear):
        with pytest.raises(deadletters.NotADeadLetter):
            self.replace(unclear)


class TestBulk:
    @pytest.fixture
    def many(self, crm) -> list[Commit]:
        proposals = [approve(opportunity(crm, number)) for number in range(1, 4)]
        crm.fail_writes = NotPermitted("No.")
        drain()
        crm.fail_writes = None
        return [commit_of(proposal) for proposal in proposals]

    def act(self, commits, verdict=BulkVerdict.REQUEUE, who="dora", reason="Fixed."):
        return bulk_triage.act_on_all(
            commit_ids=[commit.pk for commit in commits],
            verdict=verdict,
            reason=reason,
            person=get_user(who),
            at=LATER,
        )

    def test_deals_with_each_and_says_which_somebody_else_was_faster_with(self, many, crm):
        deadletters.discard(commit_id=many[1].pk, reason="Mine.", person=get_user("dora"), at=LATER)

        outcome = self.act(many)

        assert [result.done for result in outcome.results] == [True, False, True]
        assert outcome.results[1].refusal.code == "not_a_dead_letter"
        drain(at=LATER)
        assert len(crm.effects) == 2

    def test_puts_one_id_into_every_ledger_entry(self, many):
        outcome = self.act(many, BulkVerdict.DISCARD)

        bulks = {
            line.detail["bulk"]
            for commit in many
            for line in ledger.timeline(commit.proposal_id)
            if line.event == "commit.discarded"
        }
        assert bulks == {outcome.bulk_id}

    def test_changes_nothing_for_who_may_not(self, many):
        outcome = self.act(many, who="ben")

        assert outcome.done == 0
        assert {result.refusal.code for result in outcome.results} == {"not_allowed"}
        assert {commit_of(commit.proposal).state for commit in many} == {"failed"}

    def test_wants_a_reason_and_something_to_do(self, many):
        with pytest.raises(ReasonNeeded):
            self.act(many, reason=" ")
        with pytest.raises(bulk_triage.NoneChosen):
            self.act([])

    def test_takes_no_more_than_it_can_deal_with(self, many):
        with pytest.raises(bulk_triage.TooMany):
            bulk_triage.act_on_all(
                commit_ids=[f"cmt_{number}" for number in range(501)],
                verdict=BulkVerdict.REQUEUE,
                reason="Fixed.",
                person=get_user("dora"),
                at=LATER,
            )
