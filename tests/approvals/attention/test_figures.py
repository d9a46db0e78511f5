"""How often approvals came too soon: by whom it is seen, and what is counted."""

import datetime as dt

import pytest

from approvals.attention import figures
from approvals.models import Decision, Pace, Proposal
from orchestrator.people import operations as people
from orchestrator.people.models import Role
from tests.approvals.deciding import SOON, decide
from tests.factories import AT, SETUP, create_draft, create_proposal, get_user
from tests.pages import signed_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("A6")]
SECOND = dt.timedelta(seconds=1)
LATER = SOON + dt.timedelta(hours=1)


@pytest.fixture
def approved(crm):
    """Return three approved changes: one read by Ben, one not, one by Cleo of unknown time."""
    made = []
    for number in range(1, 4):
        record_id = f"006{number:012d}AAA"
        values = {"AccountId": "001000000000001AAA", "Amount": 20000.0}
        crm.add("Opportunity", record_id, Name=f"Deal {number}", StageName="Prospecting", **values)
        made.append(create_proposal(draft=create_draft(record_id=record_id)))
    desk = Role.objects.get(slug="deal-desk")
    people.add_member(role=desk, person=get_user("cleo"), by=SETUP, at=AT)
    for proposal, who in zip(made, ("ben", "ben", "cleo"), strict=True):
        decide(proposal, who)
    for proposal, took in zip(made[:2], (20 * SECOND, SECOND), strict=True):
        keep(proposal, took)
    return made


def keep(proposal, took):
    vote = Decision.objects.get(review__proposal=proposal.pk)
    least = 2 * SECOND
    Pace.objects.create(
        decision=vote,
        person=vote.person,
        workflow_id=proposal.workflow_id,
        at=vote.at,
        took=took,
        least=least,
        takes=least,
        too_fast=took < least,
    )


class TestFigures:
    def test_are_by_person_for_a_workflow_in_the_order_of_names(self, approved):
        workflow = Proposal.objects.get(pk=approved[0].pk).workflow

        ben, cleo = figures.of_workflow(workflow, until=LATER)

        assert (ben.approvals, ben.timed, ben.too_fast, ben.share) == (2, 2, 1, 0.5)
        assert (cleo.approvals, cleo.unknown, cleo.share) == (1, 1, None)
        assert figures.together("", [ben, cleo]).approvals == 3

    def test_of_a_person_are_by_workflow_and_nobody_elses(self, approved):
        [own] = figures.of_person(get_user("ben"), until=LATER)

        assert (own.title, own.approvals) == ("Deal hygiene", 2)

    def test_end_with_their_days(self, approved):
        assert figures.of_person(get_user("ben"), until=LATER + dt.timedelta(days=31)) == []

    def test_leave_out_what_was_taken_back_at_once(self, approved):
        revision = Proposal.objects.get(pk=approved[1].pk).revisions.get()
        revision.pk, revision.number, revision.cause = None, 2, "undone"
        revision.digest = "sha256:again"
        revision.prepared_at = revision.verdict = None
        revision.save()

        [own] = figures.of_person(get_user("ben"), until=LATER)

        assert (own.approvals, own.too_fast) == (1, 0)


@pytest.mark.usefixtures("approved")
class TestPages:
    @pytest.fixture(autouse=True)
    def at_that_time(self, monkeypatch):
        monkeypatch.setattr("approvals.views.attention.clock.now", lambda: LATER)

    def test_show_people_their_own(self):
        page = text_of(signed_in("ben").get("/me/attention/"))

        assert "1 of 2 approvals came sooner than anybody can skim" in page
        assert "Cleo" not in page

    def test_show_a_workflows_owner_who_it_was(self):
        page = text_of(signed_in("dora").get("/workflows/deal-hygiene/attention/"))

        assert "Ben" in page
        assert "it is no ranking" in page
        assert "1 more came without a known time" in page

    def test_show_nobody_else_who_it_was(self):
        assert signed_in("ben").get("/workflows/deal-hygiene/attention/").status_code == 404
