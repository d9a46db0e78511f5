"""Two people who deal with one failure at the same moment."""

import datetime as dt
from functools import partial

import pytest

from orchestrator.commits import deadletters, escalation, triage
from orchestrator.commits.models import Commit, DeadLetter
from orchestrator.connectors.errors import NotPermitted
from orchestrator.kernel.errors import DomainError
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, state_of
from tests.factories import get_user
from tests.races.test_decisions import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("E3")]
LATER = SOON + dt.timedelta(hours=9)
ROUNDS = 5


@pytest.fixture
def failed(crm) -> list[Commit]:
    proposals = [approve(opportunity(crm, number)) for number in range(1, ROUNDS + 1)]
    crm.fail_writes = NotPermitted("No.")
    drain()
    crm.fail_writes = None
    return [commit_of(proposal) for proposal in proposals]


def test_only_one_verdict_stands(failed):
    dora = get_user("dora")
    for commit in failed:
        said = {"commit_id": commit.pk, "reason": "Mine.", "person": dora, "at": LATER}

        results = together(
            partial(deadletters.requeue, **said), partial(deadletters.discard, **said)
        )

        refused = [each for each in results if isinstance(each, DomainError)]
        assert len(refused) == 1, results
        commit.refresh_from_db()
        assert (commit.state, state_of(commit.proposal)) in (
            ("queued", "approved"),
            ("discarded", "discarded"),
        )
        letter = DeadLetter.objects.get(commit=commit)
        assert letter.verdict == ("requeued" if commit.state == "queued" else "discarded")


def test_a_failure_that_is_escalated_while_it_is_dealt_with_stays_closed(failed):
    dora = get_user("dora")
    for commit in failed:
        together(
            partial(escalation.escalate_overdue, at=LATER),
            partial(deadletters.discard, commit_id=commit.pk, reason="No.", person=dora, at=LATER),
            partial(triage.take, commit_id=commit.pk, person=dora, at=LATER),
        )

    assert set(DeadLetter.objects.values_list("verdict", flat=True)) == {"discarded"}
    assert not DeadLetter.objects.filter(closed_at=None).exists()
