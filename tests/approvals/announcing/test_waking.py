"""Whoever waits to be told of an outcome does not wait for the sweep."""

import pytest

from approvals import expiry, outcomes, submission, tasks
from approvals.announcing.wake import ANNOUNCE
from approvals.models import Outcome, Proposal
from orchestrator.kernel import wakeups
from orchestrator.kernel.actors import system
from tests.approvals.announcing.test_outcome_rows import put
from tests.approvals.deciding import decide, deny
from tests.approvals.preparing import prepare
from tests.factories import AT, create_proposal

pytestmark = [pytest.mark.django_db, pytest.mark.req("I1", "K12")]


@pytest.fixture
def woken(monkeypatch, django_capture_on_commit_callbacks):
    """Return a way to do something and learn whom it woke."""

    def whom(act):
        names: list[str] = []
        monkeypatch.setattr(wakeups, "wake", names.append)
        with django_capture_on_commit_callbacks(execute=True):
            act()
        assert Outcome.objects.filter(announced_at=None).exists()
        return set(names)

    return whom


class TestTheWorkerIsWoken:
    def test_when_people_decide(self, crm, record, woken):
        approved, denied = create_proposal(key="a"), create_proposal(key="b")

        assert ANNOUNCE in woken(lambda: decide(approved))
        assert ANNOUNCE in woken(lambda: deny(denied))

    def test_when_it_is_withdrawn(self, proposal, woken):
        requester = proposal.agent.actor

        assert ANNOUNCE in woken(
            lambda: submission.withdraw(proposal=proposal, reason="No.", by=requester, at=AT)
        )

    def test_when_time_runs_out(self, proposal, woken):
        assert ANNOUNCE in woken(lambda: expiry.expire_due(at=proposal.deadline_at))

    def test_when_policy_refuses_it(self, crm, woken):
        """There is no such record: policy refuses the change before people see it."""
        create_proposal(state="received")

        assert ANNOUNCE in woken(prepare)
        assert Proposal.objects.get().state == "refused"

    def test_when_it_is_given_up(self, proposal, woken):
        put(proposal, "failed", AT)
        Outcome.objects.all().delete()

        assert ANNOUNCE in woken(
            lambda: outcomes.mark_discarded(proposal_id=proposal.pk, reason="Old.", at=AT)
        )

    def test_when_it_goes_back_to_people(self, crm, record, woken):
        proposal = create_proposal(state="approved")
        Outcome.objects.all().delete()

        assert ANNOUNCE in woken(
            lambda: outcomes.return_to_people(
                proposal_id=proposal.pk,
                conflict=None,
                code="window",
                text="The window closed.",
                by=system("commits"),
                at=AT,
            )
        )


def test_tells_everything_that_came_of_one_proposal_in_one_go(proposal):
    put(proposal, "failed", AT)
    put(proposal, "discarded", AT)

    tasks.announce()

    assert not Outcome.objects.filter(announced_at=None).exists()
