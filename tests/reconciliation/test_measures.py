"""The reversal rate: of what was committed, what did not stand."""

import datetime as dt

import pytest

from approvals.models import Proposal
from orchestrator.reconciliation.measures import reversal_rate
from orchestrator.reconciliation.models import Finding
from orchestrator.workflows.models import Workflow
from tests.factories import AT
from tests.reconciliation.scene import LATER, committed, reconcile

pytestmark = [pytest.mark.django_db, pytest.mark.req("J1")]
DAY = dt.timedelta(days=1)


def rate(since: dt.datetime = AT - DAY, until: dt.datetime = AT + DAY):
    workflow = Workflow.objects.get(slug="deal-hygiene")
    return reversal_rate(workflow=workflow, since=since, until=until)


class TestReversalRate:
    def test_counts_what_people_took_back_once(self, crm):
        keys = [committed(crm, number, StageName="Qualification") for number in range(1, 5)]
        crm.edit(keys[0], StageName="Prospecting")
        crm.edit(keys[1], StageName="Negotiation")
        reconcile()
        reconcile(at=LATER + DAY)

        assert (rate().committed, rate().reverted_by_hand, rate().share) == (4, 1, 0.25)

    def test_counts_what_was_reverted_through_us(self, crm):
        key = committed(crm, 1, StageName="Qualification")
        committed(crm, 2, StageName="Qualification")
        crm.edit(key, StageName="Prospecting")
        reconcile()
        reverted = Proposal.objects.filter(pk=Finding.objects.get().proposal_id)
        rollback = Proposal.objects.exclude(pk__in=reverted).get()
        Proposal.objects.filter(pk=rollback.pk).update(purpose="rollback", agent=None)
        reverted.update(state="reverted", reverted_by=rollback)

        # A rollback is no write of an agent: it is not counted itself.
        assert (rate().committed, rate().reverted_through_us, rate().reverted_by_hand) == (1, 1, 0)

    def test_looks_at_what_was_committed_in_the_period(self, crm):
        committed(crm, 1, StageName="Qualification")

        assert rate(since=LATER).committed == 0
        assert rate(since=LATER).share is None
