"""What a person does with failures."""

import datetime as dt

import pytest

from audit import queries as ledger
from orchestrator.commits import deadletters, queries
from orchestrator.commits.models import Commit, Hold
from orchestrator.connectors.errors import NotPermitted, OutcomeUnknown
from orchestrator.kernel.errors import NotAllowed, NotFound
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle, state_of
from tests.factories import get_user

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
        with pytest.raises(deadletters.ReasonNeeded):
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


class TestFailures:
    def test_pages_latest_first(self, crm):
        for number in range(3):
            approve(opportunity(crm, number))
        crm.fail_writes = NotPermitted("No.")
        drain()
        workflow = Commit.objects.all()[0].proposal.workflow_id

        first = queries.failures(workflow_ids=[workflow], limit=2)
        rest = queries.failures(workflow_ids=[workflow], limit=2, before=first.next_before)

        found = [commit.pk for commit in [*first.commits, *rest.commits]]
        assert found == sorted(found, reverse=True)
        assert len(found) == 3
        assert rest.next_before == ""
