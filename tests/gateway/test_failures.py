"""What an agent reads of a proposal that could not be written."""

import datetime as dt
from dataclasses import replace

import pytest

from approvals import preparation
from approvals.content import change_of
from approvals.models import Proposal
from orchestrator.commits import deadletters, engine
from orchestrator.commits.models import Commit
from orchestrator.connectors.errors import OutcomeUnknown, Rejected
from orchestrator.kernel import clock
from orchestrator.orgs.models import Org
from tests.factories import get_user, vote_on

pytestmark = [pytest.mark.django_db, pytest.mark.req("E3", "E5")]


def commit(door, crm, error) -> Commit:
    """Have the standard change approved, and let the write go wrong."""
    proposal_id = door.propose().json()["id"]
    preparation.prepare_due(at=clock.now())
    vote_on(proposal=Proposal.objects.get(pk=proposal_id), at=clock.now())
    crm.fail_writes = error
    engine.drain(
        org_id=Org.objects.get().pk, at_clock=lambda: clock.now() + dt.timedelta(minutes=1)
    )
    crm.fail_writes = None
    return Commit.objects.get(proposal=proposal_id)


@pytest.fixture
def failed(door, crm) -> Commit:
    return commit(door, crm, Rejected("The stage is closed.", crm_code="BAD_STAGE"))


def told(door, commit: Commit):
    return door.get(f"/proposals/{commit.proposal_id}").json()


def test_reads_what_the_crm_said_while_a_person_deals_with_it(door, failed):
    seen = told(door, failed)

    assert (seen["state"], seen["closed"]) == ("failed", False)
    assert seen["outcome"] == {"code": "BAD_STAGE", "text": "The stage is closed."}
    assert seen["result"] is None


def test_reads_that_nobody_knows(door, crm):
    seen = told(door, commit(door, crm, OutcomeUnknown("No answer.")))

    assert (seen["state"], seen["closed"]) == ("outcome_unknown", False)
    assert seen["outcome"]["text"] == "No answer."


def test_reads_why_it_was_given_up(door, failed):
    deadletters.discard(
        commit_id=failed.pk, reason="Merged.", person=get_user("dora"), at=clock.now()
    )

    seen = told(door, failed)
    assert (seen["state"], seen["closed"]) == ("discarded", True)
    assert seen["outcome"] == {"code": "discarded", "text": "Merged."}


def test_reads_what_a_person_made_of_it(door, failed):
    content = failed.revision.content["changes"][0]
    deadletters.replace(
        commit_id=failed.pk,
        digest=failed.revision.digest,
        changes=[replace(change_of(content), fields={"StageName": "Proposal"})],
        reason="The stage was renamed.",
        person=get_user("dora"),
        at=clock.now(),
    )
    preparation.prepare_due(at=clock.now())

    seen = told(door, failed)
    assert (seen["state"], seen["closed"], seen["revision"]) == ("in_review", False, 2)
    assert seen["revision_cause"] == "corrected"
    assert seen["content"]["changes"][0]["fields"] == {"StageName": "Proposal"}
    assert seen["execute_by"] is None
