"""What workers run."""

import datetime as dt

import pytest
import time_machine

from approvals import preparation, tasks
from approvals.models import Proposal
from approvals.revisions import PREPARE
from orchestrator.kernel import wakeups
from tests.factories import AT, create_draft, create_proposal, create_workflow

pytestmark = pytest.mark.django_db


class TestPrepare:
    def test_works_until_nothing_is_due(self, crm, monkeypatch):
        create_workflow()
        for number in range(5):
            key = crm.add("Opportunity", f"006{number:012d}", Name="Deal", Amount=1.0)
            create_proposal(state="received", draft=create_draft(record_id=key.record_id))
        monkeypatch.setattr(preparation, "BATCH", 2)
        monkeypatch.setattr(preparation.prepare_due, "__kwdefaults__", {"limit": 2})

        with time_machine.travel(AT, tick=False):
            tasks.prepare()

        assert set(Proposal.objects.values_list("state", flat=True)) == {"in_review"}

    def test_says_that_it_has_woken_before_it_looks(self, crm, monkeypatch):
        order: list[str] = []
        monkeypatch.setattr(wakeups, "answered", order.append)

        def look(**given):
            order.append("looked")
            return 0

        monkeypatch.setattr(preparation, "prepare_due", look)

        tasks.prepare()

        assert order == [PREPARE, "looked"]


class TestExpire:
    def test_expires_what_is_due_now(self, crm, record):
        create_proposal()

        with time_machine.travel(AT + dt.timedelta(hours=5), tick=False):
            tasks.expire()

        assert Proposal.objects.get().state == "expired"
