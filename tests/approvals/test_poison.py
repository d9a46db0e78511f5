"""One proposal that cannot be prepared must not keep the others of its batch from their people."""

import contextlib
import threading

import pytest
from django.db import connections

from approvals import content as contents
from approvals import preparation, prepared
from approvals.models import Proposal, Review
from orchestrator.agents.models import Grant
from tests.approvals.preparing import LATER, prepare
from tests.factories import AT, create_draft, create_proposal, create_workflow
from tests.standard_workflow import WORKFLOW

GOOD, BAD = "006000000000021AAA", "006000000000022AAA"
LIMITED = WORKFLOW + "limits: [{{ per: agent, writes: 1, window: 1 hour }}]\n"
PATIENCE = 60


def opportunity(crm, record_id, **values):
    return crm.add(
        "Opportunity", record_id, **{"StageName": "Prospecting", "Amount": 1.0, **values}
    )


def two(crm, **bad):
    """Return a proposal on a sound record, and one on a record with odd values."""
    opportunity(crm, GOOD)
    opportunity(crm, BAD, **bad)
    drafts = [create_draft(record_id=each) for each in (GOOD, BAD)]
    return [create_proposal(state="received", draft=draft) for draft in drafts]


def states(*proposals):
    return [Proposal.objects.get(pk=each.pk).state for each in proposals]


@pytest.mark.django_db
class TestPrepareDue:
    @pytest.mark.parametrize("text", ["\ud800", "a\x00b"])
    def test_survives_a_value_that_cannot_be_stored(self, crm, text):
        good, bad = two(crm, StageName=text)

        prepare()
        prepare(LATER)

        assert states(good, bad) == ["in_review", "received"]
        bad.refresh_from_db()
        assert bad.outcome_code == "not_stored"
        assert bad.prepare_at > LATER
        assert Review.objects.count() == 1

    def test_survives_an_answer_that_makes_no_sense(self, crm, monkeypatch):
        good, bad = two(crm)
        read = crm.read

        def nonsense(wanted):
            if any(key.record_id == BAD for key in wanted):
                raise AttributeError("'str' object has no attribute 'get'")
            return read(wanted)

        monkeypatch.setattr(crm, "read", nonsense)
        prepare()

        assert states(good, bad) == ["in_review", "received"]
        bad.refresh_from_db()
        assert bad.outcome_code == "not_read"

    def test_survives_a_definition_that_cannot_be_loaded(self, crm, monkeypatch):
        good, bad = two(crm)
        load = contents.draft_of

        def broken(content):
            if content["proposal"] == bad.pk:
                raise KeyError("reason")
            return load(content)

        monkeypatch.setattr(preparation, "draft_of", broken)
        prepare()

        assert states(good, bad) == ["in_review", "received"]

    def test_survives_a_grant_whose_filter_cannot_be_judged(self, crm):
        good, bad = two(crm)
        Grant.objects.update(record_filter="record.No_Such_Field__c ==== (")

        prepare()

        assert set(states(good, bad)) == {"refused"}


@pytest.mark.django_db(transaction=True)
class TestLimits:
    def test_two_preparers_at_once_do_not_spend_one_limit_twice(self, crm, monkeypatch):
        create_workflow(source=LIMITED, mode="execute")
        for number in (1, 2):
            record_id = f"00Q00000000000{number}AAA"
            crm.add("Lead", record_id, Name="Ada")
            draft = create_draft(
                action="enrich_lead",
                object_name="Lead",
                record_id=record_id,
                fields={"Website": "https://ada.example"},
            )
            create_proposal(state="received", draft=draft)
        judged, store = threading.Barrier(2), prepared.store

        def both_have_judged(*args, **more):
            # Nobody joins us where the other one waits for our transaction, as it should.
            with contextlib.suppress(threading.BrokenBarrierError):
                judged.wait(timeout=1)
            store(*args, **more)

        monkeypatch.setattr(prepared, "store", both_have_judged)

        def work():
            preparation.prepare_due(limit=1, at=AT)
            connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)

        found = sorted(Proposal.objects.values_list("state", flat=True))
        assert found == ["approved", "in_review"]
