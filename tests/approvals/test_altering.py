"""What guards a part of a proposal, and edits in it."""

import datetime as dt

import pytest

from approvals import decisions
from approvals.alteration_terms import NotAlterable
from approvals.decisions import NotWhatYouChecked
from approvals.mandates import AlreadyVoted
from approvals.models import Decision, Proposal, Revision
from approvals.opening import AlreadyDecided, DeadlinePassed, NotWhatYouSaw
from approvals.permissions import OwnProposal
from orchestrator.commits.models import Commit
from orchestrator.identity.recent import RecentSignInNeeded
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people import operations as people
from tests.approvals.altering_scene import (
    BOTH,
    SOON,
    alter,
    asked,
    checked,
    stored,
    wish,
    workflow,
)
from tests.approvals.deciding import answer, decide
from tests.factories import (
    AT,
    SETUP,
    create_draft,
    create_proposal,
    create_role,
    create_workflow,
    get_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4", "A5")]
STAGE = wish({"StageName": "Proposal"})


class TestGuards:
    def test_let_nobody_alter_their_own(self, record):
        workflow()
        proposal = asked()
        people.add_member(
            role=create_role(slug="deal-desk"), person=get_user("ada"), by=SETUP, at=AT
        )

        with pytest.raises(OwnProposal):
            alter(proposal, STAGE, "ada")

    def test_let_no_stranger_alter_it(self, record):
        workflow()

        with pytest.raises(NotAllowed):
            alter(asked(), STAGE, "eve")

    def test_let_nobody_alter_after_they_voted(self, record):
        workflow(quorum="2", with_bea=True)
        proposal = asked()
        decide(proposal, "ben")

        with pytest.raises(AlreadyVoted):
            alter(proposal, STAGE)

    def test_refuse_another_revision_than_was_on_the_screen(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, STAGE)
        answer(proposal, create_draft(fields={**BOTH, "NextStep": "Write"}))

        with pytest.raises(NotWhatYouSaw):
            alter(proposal, STAGE, seen=seen)

    def test_refuse_another_result_than_was_shown(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, STAGE)

        with pytest.raises(NotWhatYouChecked):
            alter(proposal, wish({"NextStep": "Call them"}), seen=seen)

        assert stored(proposal).revision_number == 1

    def test_find_the_same_request_done(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, STAGE)

        first = alter(proposal, STAGE, seen=seen)
        again = alter(proposal, STAGE, seen=seen)

        assert again.counted == first.counted is True
        assert Revision.objects.filter(proposal=proposal).count() == 2
        assert Decision.objects.count() == Commit.objects.count() == 1

    def test_refuse_what_was_decided(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, STAGE)
        decide(proposal, "ben")

        with pytest.raises(AlreadyDecided):
            alter(proposal, STAGE, "dora", seen=seen)

    def test_refuse_what_came_too_late(self, record):
        workflow()
        proposal = asked()
        seen = checked(proposal, STAGE)

        with pytest.raises(DeadlinePassed):
            alter(proposal, STAGE, seen=seen, at=proposal.deadline_at)

    def test_ask_for_a_recent_sign_in_where_the_risk_is_high(self, record):
        create_workflow()
        proposal = create_proposal(
            draft=create_draft(
                action="change_amount", fields={"Amount": 21000.0, "CloseDate": "2026-12-20"}
            )
        )
        wanted = wish({"Amount": 21000.0})
        seen = checked(proposal, wanted)

        with pytest.raises(RecentSignInNeeded):
            decisions.approve_altered(
                proposal_id=proposal.pk,
                person=get_user("cleo"),
                digest=proposal.digest,
                wish=wanted,
                checked=seen,
                at=SOON,
                authenticated_at=SOON - dt.timedelta(hours=1),
            )

        assert stored(proposal).revision_number == 1

    def test_leave_what_a_person_asked_for_whole(self, record):
        workflow()
        proposal = asked()
        Proposal.objects.filter(pk=proposal.pk).update(agent=None)

        with pytest.raises(NotAlterable):
            alter(proposal, STAGE, seen="sha256:none")
