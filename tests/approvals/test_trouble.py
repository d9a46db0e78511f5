"""A CRM that is down, workers that die, people who act meanwhile."""

import datetime as dt

import pytest

from approvals import preparation, submission
from approvals.models import Review, Revision
from orchestrator.connectors.errors import QuotaExceeded, Rejected, Transient
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.policy import evaluate as judgement
from tests.approvals.preparing import (
    LATER,
    answer,
    events,
    prepare,
    received,
)
from tests.factories import (
    AT,
    create_draft,
    create_proposal,
    create_workflow,
)

pytestmark = pytest.mark.django_db


@pytest.mark.req("L7")
class TestTrouble:
    def test_postpones_while_the_crm_is_down_and_says_so_once(self, crm, record):
        proposal = received()
        crm.fail_reads = Transient("The CRM does not answer.")

        prepare()
        proposal.refresh_from_db()
        assert proposal.state == "received"
        assert proposal.prepare_at > AT
        assert proposal.outcome_code == "crm_unavailable"
        prepare(LATER)

        assert events(proposal).count("preparation.postponed") == 1

    def test_says_it_again_when_the_reason_changes(self, crm, record):
        proposal = received()
        crm.fail_reads = Transient("The CRM does not answer.")
        prepare()
        crm.fail_reads = QuotaExceeded("No calls are left today.")
        prepare(LATER)

        assert events(proposal).count("preparation.postponed") == 2

    def test_waits_longer_each_time_and_never_longer_than_five_minutes(self, crm, record):
        proposal = received()
        crm.fail_reads = Transient("The CRM does not answer.")
        waits, at = [], AT
        for _ in range(9):
            prepare(at)
            proposal.refresh_from_db()
            waits.append((proposal.prepare_at - at).total_seconds())
            at = proposal.prepare_at

        assert waits[:3] == [2, 4, 8]
        assert waits == sorted(waits)
        assert waits[-1] == 300

    def test_goes_on_when_the_crm_is_back(self, crm, record):
        proposal = received()
        crm.fail_reads = Transient("The CRM does not answer.")
        prepare()
        crm.fail_reads = None
        prepare(LATER)

        proposal.refresh_from_db()
        assert (proposal.state, proposal.outcome_code) == ("in_review", "")

    def test_keeps_the_others_going_when_the_org_refuses_one(self, crm, record, monkeypatch):
        create_workflow()
        bad = crm.add("Opportunity", "006000000000666AAA", Name="Bad")
        good = create_proposal(state="received")
        spoiled = create_proposal(state="received", draft=create_draft(record_id=bad.record_id))
        read = crm.read

        def refusing(wanted):
            if bad in wanted:
                raise Rejected("MALFORMED_QUERY", crm_code="MALFORMED_QUERY")
            return read(wanted)

        monkeypatch.setattr(crm, "read", refusing)
        prepare()

        good.refresh_from_db()
        spoiled.refresh_from_db()
        assert (good.state, spoiled.state) == ("in_review", "refused")
        assert spoiled.outcome_code == "crm_rejected"

    def test_keeps_the_others_going_when_one_cannot_be_judged(self, crm, record, monkeypatch):
        create_workflow()
        other = crm.add("Opportunity", "006000000000666AAA", Name="Bad")
        good = create_proposal(state="received")
        broken = create_proposal(state="received", draft=create_draft(record_id=other.record_id))
        evaluate = judgement.evaluate

        def failing(*, request, **rest):
            if request.changes[0].record_id == other.record_id:
                raise ZeroDivisionError
            return evaluate(request=request, **rest)

        monkeypatch.setattr(preparation, "evaluate", failing)
        prepare()

        good.refresh_from_db()
        broken.refresh_from_db()
        assert (good.state, broken.state) == ("in_review", "received")
        assert broken.outcome_code == "not_judged"

    def test_takes_over_from_a_worker_that_died_while_reading(self, crm, record, monkeypatch):
        proposal, read = received(), crm.read
        monkeypatch.setattr(crm, "read", die)
        with pytest.raises(SystemExit):
            prepare()
        proposal.refresh_from_db()
        assert (proposal.state, proposal.prepare_at) == ("received", AT + preparation.LEASE)

        monkeypatch.setattr(crm, "read", read)
        assert prepare(AT) == 0
        assert prepare(AT + preparation.LEASE) == 1

    def test_drops_what_it_read_for_a_proposal_that_was_revised_meanwhile(
        self, crm, record, monkeypatch
    ):
        proposal = received()
        read = crm.read

        def slow(wanted):
            monkeypatch.setattr(crm, "read", read)
            revised = create_draft(fields={"NextStep": "Write"})
            answer(proposal, revised, at=AT + dt.timedelta(seconds=1))
            return read(wanted)

        monkeypatch.setattr(crm, "read", slow)
        prepare()
        proposal.refresh_from_db()
        assert (proposal.state, proposal.revision_number) == ("received", 2)
        assert not Revision.objects.filter(prepared_at__isnull=False).exists()

        prepare(LATER)
        proposal.refresh_from_db()
        assert proposal.state == "in_review"
        assert Revision.objects.get(number=2).prepared_at == LATER

    def test_leaves_a_proposal_alone_that_was_withdrawn_meanwhile(self, crm, record, monkeypatch):
        proposal = received()
        read = crm.read

        def slow(wanted):
            by = Actor(ActorKind.AGENT, proposal.requester_id, "x")
            submission.withdraw(proposal=proposal, reason="Wrong deal.", by=by, at=AT)
            return read(wanted)

        monkeypatch.setattr(crm, "read", slow)
        prepare()

        proposal.refresh_from_db()
        assert proposal.state == "withdrawn"
        assert not Review.objects.exists()


def die(wanted):
    raise SystemExit(1)
