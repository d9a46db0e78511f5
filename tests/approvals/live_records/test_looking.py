"""One reading for everybody who looks within seconds."""

import datetime as dt

import pytest

from approvals.live_records import kept, looking
from approvals.live_records.looking import Answer, look
from approvals.models import Change
from orchestrator.connectors.errors import Transient
from tests.factories import AT, create_draft, create_proposal

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5")]


def seen(proposal, at=AT, **more):
    changes = list(Change.objects.filter(revision__proposal=proposal).order_by("position"))
    return look(org=proposal.workflow.org, changes=changes, at=at, **more)


@pytest.fixture
def calls(crm, proposal):
    """Return the reads since the proposal was prepared."""
    crm.reads.clear()
    return crm.reads


class TestLooking:
    def test_reads_what_the_change_touches(self, crm, record, proposal):
        crm.edit(record, StageName="Negotiation")

        found = seen(proposal)

        assert found.answer == Answer.READ
        assert found.records[0].values["StageName"] == "Negotiation"
        assert found.read_at == AT

    def test_costs_one_call_for_a_hundred_open_pages(self, calls, proposal):
        answers = {seen(proposal, AT + dt.timedelta(seconds=n / 10)).answer for n in range(100)}

        assert answers == {Answer.READ}
        assert len(calls) == 1

    def test_reads_again_after_some_seconds(self, calls, proposal, settings):
        seen(proposal)
        seen(proposal, AT + dt.timedelta(seconds=settings.COUNTERSIGN["live_seconds"] + 1))

        assert len(calls) == 2

    def test_reads_again_for_a_proposal_that_is_based_on_something_newer(
        self, crm, record, proposal
    ):
        seen(proposal)
        crm.edit(record, StageName="Negotiation")
        newer = create_proposal(draft=create_draft(), key="based-on-something-newer")

        found = seen(newer, AT + dt.timedelta(seconds=2))

        assert found.records[0].values["StageName"] == "Negotiation"

    def test_tells_whoever_comes_while_somebody_asks(self, calls, proposal, monkeypatch):
        monkeypatch.setattr(kept, "claim", lambda key, seconds: False)

        assert seen(proposal).answer == Answer.ASKING
        assert calls == []
        assert seen(proposal, waits_its_turn=False).answer == Answer.READ

    def test_leaves_a_silent_crm_alone_for_a_moment(self, crm, calls, proposal, monkeypatch):
        crm.fail_reads = Transient("The CRM does not answer.")
        asked = []

        def connector_for(org):
            asked.append(org)
            return crm

        monkeypatch.setattr(looking, "connector_for", connector_for)

        answers = [seen(proposal).answer for _ in range(10)]

        assert answers == [Answer.SILENT] * 10
        assert len(asked) == 2

    def test_says_that_a_record_is_gone(self, crm, record, proposal):
        crm.remove(record)

        assert seen(proposal).records[0].values is None

    def test_has_nothing_to_read_for_a_record_that_is_not_there_yet(self, crm, record):
        waiting = create_proposal(state="received", draft=create_draft())

        assert seen(waiting).answer == Answer.NOTHING

    def test_reads_without_a_cache_too(self, crm, calls, proposal, settings):
        nowhere = {"BACKEND": "orchestrator.kernel.kept_cache.KeptCache"}
        settings.CACHES = {"default": {**nowhere, "LOCATION": "redis://127.0.0.1:1/0"}}

        assert seen(proposal).answer == Answer.READ
