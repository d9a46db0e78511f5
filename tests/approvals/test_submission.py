"""Taking proposals in."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import submission
from approvals.models import Change, Proposal, Revision
from approvals.requesters import agent_requester, person_requester
from audit.models import Entry
from orchestrator.agents import operations as agents
from orchestrator.kernel import wakeups
from orchestrator.kernel.canonical import digest
from orchestrator.workflows.models import Workflow
from tests.approvals.submitting import SHORT_ID, submit
from tests.factories import (
    AT,
    OPPORTUNITY,
    SETUP,
    create_granted_agent,
    get_user,
)

pytestmark = pytest.mark.django_db


class TestSubmit:
    def test_stores_the_proposal_with_its_revision_and_changes(self, requester):
        taken = submit(requester)

        proposal = Proposal.objects.get()
        revision = Revision.objects.get()
        assert (proposal.state, proposal.prepare_at, proposal.mode) == ("received", AT, "propose")
        assert proposal.deadline_at == AT + dt.timedelta(hours=4)
        assert revision.content["changes"][0]["fields"] == {"StageName": "Qualification"}
        assert Change.objects.get().record_id == OPPORTUNITY
        assert taken.receipt == proposal.receipt
        assert not taken.replay

    @pytest.mark.req("A5")
    def test_binds_the_digest_to_proposal_revision_and_version(self, requester):
        proposal = submit(requester).proposal

        content = Revision.objects.get().content
        assert digest(content) == proposal.digest == Revision.objects.get().digest
        assert (content["proposal"], content["revision"]) == (proposal.pk, 1)
        assert content["version"] == proposal.version.number

    @pytest.mark.req("C1")
    def test_writes_who_what_and_why_into_the_ledger(self, requester):
        proposal = submit(requester, run="run-7").proposal

        entry = Entry.objects.get(proposal_id=proposal.pk)
        assert (entry.event, entry.actor_id) == ("proposal.submitted", requester.actor.id)
        assert (entry.workflow, entry.agent) == ("deal-hygiene", "hygiene-agent")
        assert entry.detail["reason_code"] == "stalled_30d"
        assert (entry.detail["run"], entry.detail["digest"]) == ("run-7", proposal.digest)

    def test_answers_with_a_provisional_route(self, requester):
        receipt = submit(requester).receipt

        assert receipt["route"]["provisional"] is True
        assert receipt["route"]["stages"][0]["role"] == "deal-desk"
        assert receipt["review_url"].endswith(f"/proposals/{receipt['id']}/")

    @pytest.mark.req("A4")
    def test_bars_the_agents_owner_and_whoever_triggered_it(self, requester):
        agent = requester.agent
        taken = submit(agent_requester(agent, triggered_by=["ben"]))

        assert taken.proposal.barred == ["ada", "ben"]

    def test_takes_what_a_person_asks_for_without_grants(self, requester):
        taken = submit(person_requester(get_user("cleo")))

        assert taken.proposal.agent is None
        assert (taken.proposal.requester_kind, taken.proposal.barred) == ("person", ["cleo"])

    def test_writes_full_record_ids(self, requester):
        submit(requester, record_id=SHORT_ID)

        assert Change.objects.get().record_id == OPPORTUNITY

    def test_lets_a_timeout_shorten_the_clock_and_never_lengthen_it(self, requester):
        sooner = submit(requester, key="a", timeout=dt.timedelta(minutes=5)).proposal
        later = submit(requester, key="b", timeout=dt.timedelta(days=5)).proposal

        assert sooner.deadline_at == AT + dt.timedelta(minutes=5)
        assert later.deadline_at == AT + dt.timedelta(hours=4)

    def test_keeps_bidi_text_and_counts_what_cannot_be_seen(self, requester):
        proposal = submit(requester, reason_text="pay \u202e001 now\u200b").proposal

        assert Revision.objects.get().content["reason"]["text"] == "pay \u202e001 now\u200b"
        assert proposal.headline["invisible"] == 2

    def test_keeps_decimal_texts_and_whole_numbers_exactly(self, requester):
        fields = {"Amount": "20000.10", "CloseDate": "2026-12-24"}
        submit(requester, action="change_amount", fields=fields)

        assert Change.objects.get().fields == fields

    def test_takes_nine_statements_at_most(self, requester):
        submit(requester, key="warm")

        with CaptureQueriesContext(
            connection,
        ) as seen:
            submit(requester, key="counted")

        statements = [query["sql"] for query in seen.captured_queries]
        assert len(statements) <= 9, statements

    def test_wakes_preparation_once_it_is_stored(
        self, requester, django_capture_on_commit_callbacks, monkeypatch
    ):
        woken: list[str] = []
        monkeypatch.setattr(wakeups, "wake", woken.append)

        with django_capture_on_commit_callbacks(execute=True):
            submit(requester)

        assert woken == ["prepare"]


class TestIdempotency:
    def test_gives_a_repeated_request_its_first_answer(self, requester):
        first = submit(requester)
        second = submit(requester, at=AT + dt.timedelta(hours=1))

        assert second.replay
        assert second.receipt == Proposal.objects.get().receipt
        assert second.proposal.pk == first.proposal.pk
        assert Entry.objects.filter(event="proposal.submitted").count() == 1

    def test_knows_a_request_again_however_its_numbers_and_keys_are_written(self, requester):
        submit(
            requester, confidence=Decimal("0.9"), fields={"NextStep": 5, "StageName": "Proposal"}
        )
        again = submit(
            requester,
            confidence=Decimal("0.90"),
            fields={"StageName": "Proposal", "NextStep": Decimal("5.0")},
        )

        assert again.replay

    def test_refuses_the_key_for_another_request(self, requester):
        submit(requester)

        with pytest.raises(submission.IdempotencyKeyReused) as refused:
            submit(requester, reason_text="Something else.")

        assert (refused.value.code, refused.value.status) == ("idempotency_key_reused", 409)
        assert Proposal.objects.count() == 1

    def test_refuses_the_key_for_another_request_that_makes_no_sense_either(self, requester):
        submit(requester)

        with pytest.raises(submission.IdempotencyKeyReused):
            submit(requester, action="burn_it")

    def test_answers_a_repeat_even_if_it_would_be_refused_now(self, requester):
        submit(requester)
        for grant in requester.agent.grants.all():
            agents.end_grant(grant=grant, reason="Over.", by=SETUP, at=AT)

        assert submit(requester, at=AT + dt.timedelta(minutes=1)).replay

    def test_keeps_the_keys_of_two_agents_apart(self, requester):
        other = agent_requester(create_granted_agent(workflow=Workflow.objects.get()))

        submit(requester)

        assert not submit(other).replay
