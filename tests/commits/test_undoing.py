"""Taking an approval back before it is written."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic

from approvals import preparation
from approvals.clocks import clocks_of
from approvals.expiry import expire_due
from approvals.handover import reassign
from approvals.models import Proposal
from approvals.opening import NotWhatYouSaw
from audit import queries as ledger
from orchestrator.commits import undoing
from orchestrator.commits.models import Commit
from orchestrator.kernel.clock import now
from orchestrator.workflows.queries import definition_of
from tests.approvals.deciding import decide, deny
from tests.commits.scene import drain, opportunity
from tests.factories import AT, create_draft, create_proposal, create_workflow, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]
DECIDED = AT + dt.timedelta(minutes=5)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def window(settings):
    settings.COUNTERSIGN = {**settings.COUNTERSIGN, "undo_seconds": 5}


@pytest.fixture
def approved(crm, window):
    key = opportunity(crm)
    draft = create_draft(record_id=key.record_id, fields={"StageName": "Qualification"})
    proposal = create_proposal(state="in_review", draft=draft)
    decide(proposal, "ben", at=DECIDED)
    return now_of(proposal)


def now_of(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def undo(proposal, person="ben", *, at=DECIDED + SECOND, digest=""):
    return undoing.undo(
        proposal_id=proposal.pk,
        person=get_user(person),
        digest=digest or proposal.digest,
        at=at,
    )


def test_nothing_is_written_before_the_time_to_undo_is_over(approved, crm):
    assert approved.undo_until == DECIDED + 5 * SECOND
    drain(at=DECIDED + 4 * SECOND)
    assert crm.effects == []
    drain(at=DECIDED + 5 * SECOND)
    assert len(crm.effects) == 1


def test_an_approval_is_taken_back_and_nothing_is_ever_written_for_it(approved, crm):
    undo(approved)
    drain(at=DECIDED + dt.timedelta(hours=1))
    assert crm.effects == []
    assert now_of(approved).state == "in_review"
    assert Commit.objects.get().state == "cancelled"
    assert "proposal.undone" in [entry.event for entry in ledger.timeline(approved.pk)]


def test_it_waits_for_the_same_people_again_who_may_approve_it_again(approved, crm):
    undo(approved)
    preparation.prepare_due(at=DECIDED + 2 * SECOND)
    again = now_of(approved)
    assert again.digest != approved.digest
    decide(again, "ben", at=DECIDED + 3 * SECOND)
    drain(at=DECIDED + 9 * SECOND)
    assert now_of(again).state == "committed"
    assert len(crm.effects) == 1


def test_it_buys_no_time_to_decide(approved):
    undo(approved)
    assert now_of(approved).deadline_at == approved.deadline_at


def test_a_vote_on_what_was_on_the_screen_before_counts_for_nothing(approved):
    undo(approved)
    preparation.prepare_due(at=DECIDED + 2 * SECOND)
    with pytest.raises(NotWhatYouSaw):
        decide(approved, "ben", at=DECIDED + 3 * SECOND)


@pytest.mark.usefixtures("window")
def test_policy_alone_never_approves_what_a_person_took_back(crm):
    create_workflow(mode="execute")
    key = opportunity(crm)
    draft = create_draft(record_id=key.record_id, fields={"StageName": "Qualification"})
    proposal = create_proposal(state="in_review", draft=draft)
    decide(proposal, "ben", at=DECIDED)
    undo(now_of(proposal))
    preparation.prepare_due(at=DECIDED + 2 * SECOND)
    assert now_of(proposal).state == "in_review"
    codes = {each["code"] for each in now_of(proposal).revisions.last().verdict["findings"]}
    assert "approval_undone" in codes


@pytest.mark.usefixtures("window")
def test_whoever_it_was_handed_to_decides_on_it_again(crm):
    key = opportunity(crm)
    draft = create_draft(record_id=key.record_id, fields={"StageName": "Qualification"})
    proposal = create_proposal(state="in_review", draft=draft)
    reassign(
        proposal_id=proposal.pk,
        person=get_user("ben"),
        to_role=None,
        to_person=get_user("cleo"),
        reason="You know the buyer.",
        at=AT,
    )
    decide(proposal, "cleo", at=DECIDED)
    undo(now_of(proposal), "cleo")
    preparation.prepare_due(at=DECIDED + 2 * SECOND)
    assert deny(now_of(proposal), "cleo", at=DECIDED + 3 * SECOND).state == "denied"


def test_what_is_taken_back_after_its_deadline_is_not_approved_but_expires(approved, crm):
    Proposal.objects.filter(pk=approved.pk).update(deadline_at=DECIDED + SECOND / 2)
    undo(approved)
    preparation.prepare_due(at=DECIDED + 2 * SECOND)
    expire_due(at=DECIDED + 3 * SECOND)
    drain(at=DECIDED + 9 * SECOND)
    assert now_of(approved).state == "expired"
    assert crm.effects == []


def test_only_who_approved_it_takes_it_back(approved):
    with pytest.raises(undoing.NotYourApproval):
        undo(approved, "ana")


def test_it_is_too_late_once_the_time_is_over(approved):
    with pytest.raises(undoing.TooLateToUndo, match="written next"):
        undo(approved, at=approved.undo_until)


def test_it_is_too_late_once_a_worker_has_it(approved):
    drain(at=DECIDED + 6 * SECOND)
    # Clocks of two machines may differ: what counts is where it is.
    with pytest.raises(undoing.TooLateToUndo, match="written already"):
        undo(approved, at=DECIDED + SECOND)


def test_another_content_is_not_taken_back(approved):
    with pytest.raises(NotWhatYouSaw):
        undo(approved, digest="sha256:" + "0" * 64)


def test_twice_is_once(approved):
    undo(approved)
    with pytest.raises(NotWhatYouSaw):
        undo(approved)
    assert now_of(approved).revisions.count() == 2


def test_a_workflow_says_how_long(approved):
    clocks = clocks_of(definition_of(approved.version_id))
    sla = clocks.definition.sla.model_copy(update={"undo_seconds": 0})
    none = clocks_of(clocks.definition.model_copy(update={"sla": sla}))
    assert none.undo_until(approved_at=AT, seconds=5) is None


def test_the_database_refuses_a_time_to_undo_without_an_approval(approved):
    undo(approved)
    rows = Proposal.objects.filter(pk=approved.pk)
    with pytest.raises(IntegrityError, match="proposal_undone_only_if_approved"), atomic():
        rows.update(undo_until=AT)
    assert now_of(approved).undo_until is None


class TestPage:
    def test_offers_to_undo_on_the_page_that_comes_next(self, client, crm, settings):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "undo_seconds": 60}
        key = opportunity(crm)
        draft = create_draft(record_id=key.record_id, fields={"StageName": "Qualification"})
        proposal = create_proposal(state="in_review", draft=draft)
        Proposal.objects.filter(pk=proposal.pk).update(deadline_at=now() + dt.timedelta(days=1))
        client.force_login(get_user("ben"))
        answer = client.post(
            f"/proposals/{proposal.pk}/decide/",
            {"digest": proposal.digest, "vote": "approve"},
            follow=True,
        )
        assert f"/proposals/{proposal.pk}/undo/" in answer.text
        taken = client.post(
            f"/proposals/{proposal.pk}/undo/", {"digest": proposal.digest}, follow=True
        )
        assert "nothing was written" in taken.text
        assert now_of(proposal).state == "in_review"

    def test_says_why_it_is_too_late(self, client, approved):
        client.force_login(get_user("ben"))
        answer = client.post(f"/proposals/{approved.pk}/undo/", {"digest": approved.digest})
        assert answer.status_code == 409
        assert "Too late to undo" in answer.text
