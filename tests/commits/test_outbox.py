"""The outbox: an approval and its commit are one."""

from threading import Thread

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.content import DraftChange
from approvals.models import Change
from approvals.signals import proposals_approved
from orchestrator.commits import outbox, tasks, waking
from orchestrator.commits.models import Commit
from orchestrator.kernel import wakeups
from tests.commits.scene import ACCOUNT, approve, approve_changes, opportunity
from tests.factories import AT, create_proposal, vote_on

pytestmark = pytest.mark.django_db


class TestEnqueue:
    def test_holds_the_record_and_the_parent_that_the_crm_locks_with_it(self, crm):
        key = opportunity(crm)
        approve(key)

        commit = Commit.objects.get()
        record = f"Opportunity/{key.record_id}"
        assert commit.record_keys == [record]
        assert commit.hold_keys == sorted([record, f"Account/{ACCOUNT}"])
        assert commit.order_key == f"Account/{ACCOUNT}"
        assert (commit.workflow, commit.agent) == ("deal-hygiene", "hygiene-agent")
        assert commit.objects_touched == ["opportunity"]

    def test_several_changes_hold_all_their_records(self, crm):
        keys = [crm.add("Account", f"001{n:012d}", Name="A") for n in (1, 2)]
        approve_changes(
            "fix_accounts",
            *(
                DraftChange(
                    operation="update",
                    object_name="Account",
                    record_id=key.record_id,
                    fields={"Phone": "2"},
                )
                for key in keys
            ),
        )

        assert len(Commit.objects.get().record_keys) == 2

    def test_what_cannot_be_queued_is_not_approved(self, crm):
        proposal = create_proposal(draft=None) if opportunity(crm) else None
        Change.objects.all().delete()

        with pytest.raises(outbox.NothingToCommit):
            vote_on(proposal=proposal)

        proposal.refresh_from_db()
        assert proposal.state == "in_review"
        assert not Commit.objects.exists()

    def test_many_proposals_cost_one_reading_and_one_insert(self, crm):
        proposals = [approve(opportunity(crm, number)) for number in range(3)]
        Commit.objects.all().delete()

        with CaptureQueriesContext(connection) as done:
            proposals_approved.send(sender=None, proposals=proposals, at=AT)

        said = [query["sql"].split()[0] for query in done]
        assert [word for word in said if word in ("SELECT", "INSERT")] == ["SELECT", "INSERT"]
        assert Commit.objects.count() == 3


class TestBroker:
    def test_every_thread_of_every_process_sends_to_ours(self):
        found = []

        thread = Thread(target=lambda: found.append(tasks.drain.app.conf.broker_url))
        thread.start()
        thread.join()

        assert found == [settings.REDIS_URL]


class TestWaking:
    @pytest.fixture(autouse=True)
    def broker_not_known_to_be_down(self, monkeypatch):
        monkeypatch.setattr(wakeups, "_quiet_until", 0.0)

    @pytest.fixture
    def sent(self, monkeypatch):
        found: list[int] = []
        monkeypatch.setattr(waking, "_send", found.append)
        wakeups.answered("drain:77")
        return found

    def test_one_message_wakes_for_many_decisions(self, sent):
        for _ in range(5):
            waking.wake(77)

        assert sent == [77]

    def test_work_that_comes_once_a_drain_began_wakes_another(self, sent):
        waking.wake(77)
        waking.answered(77)
        waking.wake(77)

        assert sent == [77, 77]

    def test_a_broker_that_is_down_fails_no_decision(self, crm, monkeypatch):
        def down(org_id):
            raise ConnectionError("no broker")

        monkeypatch.setattr(waking, "_send", down)

        approve(opportunity(crm))

        assert Commit.objects.get().state == "queued"
