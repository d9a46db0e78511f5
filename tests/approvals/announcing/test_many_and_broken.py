"""Outcomes by the dozen, outcomes that break, and what an agent is sent."""

import datetime as dt
import json

import pytest

from approvals import queries
from approvals.announcing import rounds, webhooks
from approvals.models import Outcome, Proposal
from approvals.states import CLOSED, ProposalState
from orchestrator.notifications.models import Notification
from orchestrator.webhooks.enqueueing import MOST_BYTES
from orchestrator.webhooks.models import Delivery
from tests.approvals.announcing.scene import SOON, announce, sent
from tests.approvals.announcing.test_outcome_rows import put
from tests.factories import AT, create_draft, create_proposal

pytestmark = [pytest.mark.django_db, pytest.mark.req("I1", "K12", "E5")]
NORTHWIND = "Northwind renewal"


class TestAskingInstead:
    def test_shows_the_agent_every_state_and_whether_it_may_still_change(self, proposal):
        shown = {}
        for state in ProposalState:
            put(proposal, state, AT)
            found = queries.own_proposal(agent=proposal.agent, proposal_id=proposal.pk)
            status = queries.status_of(found)
            shown[state.value] = (status["state"], status["closed"])

        assert shown == {state.value: (state.value, state in CLOSED) for state in ProposalState}


class TestOneThatBreaks:
    def test_keeps_no_other_waiting_and_is_tried_again_later(self, crm, record, monkeypatch):
        bad = create_proposal(state="denied", key="bad")
        good = create_proposal(state="denied", key="good")
        whole = webhooks._data

        def broken(outcome, proposal, facts):
            if proposal.pk == bad.pk:
                raise ValueError("odd")
            return whole(outcome, proposal, facts)

        monkeypatch.setattr(webhooks, "_data", broken)

        assert announce() == 1
        assert Outcome.objects.get(proposal=good).announced_at == SOON
        left = Outcome.objects.get(proposal=bad)
        assert (left.announced_at, left.tries) == (None, 1)
        assert left.next_at == SOON + dt.timedelta(seconds=2)

        assert rounds.announce_due(at=SOON) == 0
        monkeypatch.setattr(webhooks, "_data", whole)
        assert rounds.announce_due(at=left.next_at) == 1


class TestMany:
    def outcomes_of(self, proposal, count, state):
        """Write so many outcomes, as many proposals of the same agent would have."""
        copies = []
        for number in range(count):
            copy = Proposal.objects.get(pk=proposal.pk)
            copy.pk, copy.idempotency_key = f"prp_{number}", f"copy-{number}"
            copies.append(copy)
        Proposal.objects.bulk_create(copies)
        Outcome.objects.bulk_create(
            Outcome(proposal=copy, sequence=1, state=state, revision=1, digest=copy.digest, at=AT)
            for copy in copies
        )

    def test_take_few_statements(self, proposal, endpoint, django_assert_max_num_queries):
        self.outcomes_of(proposal, 400, "denied")

        with django_assert_max_num_queries(40):
            assert announce() == 400
        assert Delivery.objects.count() == 400

    @pytest.mark.parametrize(("state", "count"), [("committed", 2), ("failed", 6)])
    def test_of_one_kind_become_one_message(self, proposal, endpoint, state, count):
        self.outcomes_of(proposal, count, state)

        announce()

        (row,) = Notification.objects.filter(event=f"proposal.{state}")
        assert f"{count} changes" in row.title
        assert Delivery.objects.count() == count

    def test_that_are_few_and_urgent_are_told_one_by_one(self, proposal):
        self.outcomes_of(proposal, 5, "failed")

        announce()

        assert Notification.objects.filter(event="proposal.failed").count() == 5


@pytest.mark.req("B6")
class TestWhatAnAgentIsSent:
    def test_names_what_happened_to_what(self, proposal, endpoint):
        put(proposal, "denied", AT, outcome_code="wrong_value")
        announce()

        (message,) = sent()
        assert message["timestamp"] == AT.isoformat()
        data = message["data"]
        assert (data["id"], data["sequence"], data["revision"]) == (proposal.pk, 1, 1)
        assert data["digest"] == proposal.digest
        assert data["outcome"]["code"] == "wrong_value"
        assert (data["workflow"], data["action"]) == ("deal-hygiene", "change_stage")
        assert [(each["op"], each["object"]) for each in data["records"]] == [
            ("update", "Opportunity")
        ]
        assert data["status_url"].endswith(f"/api/v1/proposals/{proposal.pk}")

    def test_holds_no_value_of_the_crm_and_nothing_that_people_wrote(self, crm, record, endpoint):
        draft = create_draft(title=f"Move {NORTHWIND}", fields={"NextStep": "Secret step"})
        proposal = create_proposal(state="in_review", draft=draft, key="secret")
        put(proposal, "denied", AT, outcome_text="They told us in confidence.")
        announce()

        (text,) = Delivery.objects.filter(subject_id=proposal.pk).values_list("body", flat=True)
        for secret in (NORTHWIND, "Secret step", "Prospecting", "in confidence", "20000"):
            assert secret not in text

    def test_tells_people_no_more_than_their_channels_may_carry(self, crm, record):
        draft = create_draft(title=f"Move {NORTHWIND}")
        proposal = create_proposal(state="denied", draft=draft, key="titled")
        announce()

        row = Notification.objects.get(subject_id=proposal.pk)
        assert NORTHWIND not in json.dumps([row.title, row.lines])
        assert NORTHWIND in json.dumps(row.details)

    def test_stays_small_with_as_many_records_as_a_proposal_may_have(self, proposal, endpoint):
        change = proposal.revisions.get().changes.get()
        for position in range(1, 40):
            change.pk, change.position = None, position
            change.record_id = f"{position:0>79}"
            change.save(force_insert=True)
        put(proposal, "denied", AT)

        announce()

        (text,) = Delivery.objects.values_list("body", flat=True)
        assert len(text.encode()) < MOST_BYTES
        assert len(json.loads(text)["data"]["records"]) == 25
